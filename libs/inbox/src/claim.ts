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

/**
 * Marks in `tx` what `handler` is to handle again in a replay, and says of each event whether it is this transaction's
 * to handle: what was handled before the replay, once a replay. What is parked, dead or discarded is left alone. An
 * event that the inbox does not know was forgotten, if live handling has `passed` it; else it is live handling's.
 */
export async function claimAgain(
  tx: Transaction<any>,
  { id, handler }: { id: number; handler: string },
  events: Map<string, { passed: boolean }>,
): Promise<(eventId: string) => boolean> {
  const { rows } = await sql<{ event_id: string }>`
    insert into inbox (handler, event_id, replay)
    select ${handler}, event_id, ${id}
    from unnest(${sql.val([...events.keys()])}::text[],
                ${sql.val([...events.values()].map(({ passed }) => passed))}::boolean[]) as again (event_id, passed)
    where passed or exists (select from inbox where inbox.handler = ${handler} and inbox.event_id = again.event_id)
    on conflict (handler, event_id) do update set replay = excluded.replay, handled_at = now()
    where inbox.outcome = 'handled' and inbox.replay is distinct from excluded.replay
    returning event_id`.execute(tx);
  const claimed = new Set(rows.map((row) => row.event_id));
  return (eventId) => claimed.delete(eventId);
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
