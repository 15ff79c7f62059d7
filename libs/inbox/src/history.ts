import { sql, type Transaction } from 'kysely';
import type { Claim } from './claim.ts';

/** What became of a claimed event before it was handled, or instead. */
export interface Happening extends Claim {
  what: 'failed' | 'parked' | 'dead';
  /** Default: the beginning of the transaction. */
  at?: Date;
  /** The try that failed; none of an event that waits behind another. */
  attempt?: number;
  reason?: string;
}

/** Writes what happened, in this order, into the trail of the events. */
export async function remember(tx: Transaction<any>, happenings: Happening[]): Promise<void> {
  if (happenings.length === 0) return;
  const column = (of: (happening: Happening) => unknown) => sql.val(happenings.map((one) => of(one) ?? null));
  await sql`
    insert into inbox_history (handler, event_id, what, at, attempt, reason)
    select handler, event_id, what, coalesce(at, now()), attempt, reason
    from unnest(${column((one) => one.handler)}::text[], ${column((one) => one.eventId)}::text[],
                ${column((one) => one.what)}::text[], ${column((one) => one.at)}::timestamptz[],
                ${column((one) => one.attempt)}::int[], ${column((one) => one.reason)}::text[])
      with ordinality as happening (handler, event_id, what, at, attempt, reason, n)
    order by n`.execute(tx);
}
