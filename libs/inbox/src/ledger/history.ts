import { sql, type Transaction } from 'kysely';
import type { Claim } from './claim.ts';

/** What became of a claimed event before it was handled, or instead. */
export interface HistoryEntry extends Claim {
  what: 'failed' | 'parked' | 'dead';
  /** Default: the beginning of the transaction. */
  at?: Date;
  /** The try that failed; none of an event that waits behind another. */
  attempt?: number;
  reason?: string;
}

/** Adds `entries`, in this order, to the history of their events. */
export async function recordHistory(tx: Transaction<any>, entries: HistoryEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const column = (of: (entry: HistoryEntry) => unknown) => sql.val(entries.map((one) => of(one) ?? null));
  await sql`
    insert into inbox_history (handler, event_id, what, at, attempt, reason)
    select handler, event_id, what, coalesce(at, now()), attempt, reason
    from unnest(${column((one) => one.handler)}::text[], ${column((one) => one.eventId)}::text[],
                ${column((one) => one.what)}::text[], ${column((one) => one.at)}::timestamptz[],
                ${column((one) => one.attempt)}::int[], ${column((one) => one.reason)}::text[])
      with ordinality as entry (handler, event_id, what, at, attempt, reason, n)
    order by n`.execute(tx);
}
