import { sql, type Transaction } from 'kysely';

const nameOf = (handler: string, eventId: string) => `${eventId} ${handler}`;

/** A handler's id and an event's. */
export interface Claim {
  handler: string;
  eventId: string;
}

/**
 * Marks the pairs as handled in `tx`, and says of each whether it is this transaction's to handle: `false` when it
 * was handled before. Waits for a transaction that has claimed the same and is still open.
 */
export async function claimEvents(tx: Transaction<any>, claims: Claim[], outcome = 'handled') {
  const handlers = claims.map(({ handler }) => handler);
  const ids = claims.map(({ eventId }) => eventId);
  const { rows } = await sql<{ handler: string; event_id: string }>`
    insert into inbox (handler, event_id, outcome)
    select handler, event_id, ${outcome} from unnest(${sql.val(handlers)}::text[], ${sql.val(ids)}::text[]) as claim (handler, event_id)
    on conflict do nothing
    returning handler, event_id`.execute(tx);
  const claimed = new Set(rows.map((row) => nameOf(row.handler, row.event_id)));
  // Within one batch a pair may occur twice: the first occurrence gets the claim.
  return ({ handler, eventId }: Claim): boolean => claimed.delete(nameOf(handler, eventId));
}
