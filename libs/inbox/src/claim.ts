import { sql, type Transaction } from 'kysely';

/** A handler's id and an event's: the unit that is handled once. */
export interface Claim {
  handler: string;
  eventId: string;
}

const nameOf = ({ handler, eventId }: Claim) => `${eventId} ${handler}`;
const columns = (claims: Claim[]) => sql`
  unnest(${sql.val(claims.map(({ handler }) => handler))}::text[],
         ${sql.val(claims.map(({ eventId }) => eventId))}::text[]) as claim (handler, event_id)`;

/**
 * Marks the pairs as handled in `tx`, and says of each whether it is this transaction's to handle: `false` when it
 * was handled before. Waits for a transaction that has claimed the same and is still open.
 */
export async function claimEvents(tx: Transaction<any>, claims: Claim[]): Promise<(claim: Claim) => boolean> {
  const { rows } = await sql<{ handler: string; event_id: string }>`
    insert into inbox (handler, event_id)
    select handler, event_id from ${columns(claims)}
    on conflict do nothing
    returning handler, event_id`.execute(tx);
  const claimed = new Set(rows.map((row) => nameOf({ handler: row.handler, eventId: row.event_id })));
  // Within one batch a pair may occur twice: the first occurrence gets the claim.
  return (claim) => claimed.delete(nameOf(claim));
}

/** What became of a claimed event. */
export type Outcome = 'handled' | 'parked' | 'dead' | 'discarded';

/** Says what became of events that were claimed before. */
export async function setOutcome(tx: Transaction<any>, claims: Claim[], outcome: Outcome): Promise<void> {
  if (claims.length === 0) return;
  await sql`
    update inbox set outcome = ${outcome}, handled_at = now()
    from ${columns(claims)}
    where inbox.handler = claim.handler and inbox.event_id = claim.event_id`.execute(tx);
}
