import { inTransaction } from '@everyhop/postgres';
import { sql, type Kysely } from 'kysely';
import { handleAll } from '../batch/batch.ts';
import { claimAgain, claimOf } from '../ledger/claim.ts';
import type { HandleOptions } from '../batch/handle.ts';
import type { Item } from '../record/item.ts';
import { countEvents } from '../record/metrics.ts';
import type { Bounds, OpenReplay } from './replay-bounds.ts';

/** The replay has been finished elsewhere, or cancelled: what was in hand is undone. */
export class ReplayOver extends Error {
  override readonly name = 'ReplayOver';
}

/**
 * Handles again, in one transaction, those of `items` (of one partition, in its order) that were handled before the
 * replay and not yet in it. Throws `ReplayOver`, having done nothing, when the replay is no longer active.
 */
export async function replayTogether(
  db: Kysely<any>,
  replay: OpenReplay,
  items: Item[],
  bounds: Bounds,
  attempt: number,
  options: HandleOptions,
): Promise<void> {
  const isPassed = ({ partition, message }: Item) => BigInt(message.offset) < bounds.get(partition)!.passed;
  const claims = new Map(items.map((item) => [item.event.id, { ...claimOf(item), passed: isPassed(item) }]));
  const handled = await inTransaction(db, async (tx) => {
    const again = await claimAgain(tx, replay, [...claims.values()], attempt);
    // An event may occur twice: the first occurrence is handled.
    const claimed = items.filter(({ event }) => again.delete(event.id));
    await handleAll(tx, claimed, { attempt, replay: true, traceparent: replay.traceparent }, options);
    // Last, since partitions are replayed side by side and would wait for each other here.
    const { numAffectedRows } = await sql`
      update inbox_replay set handled = handled + ${claimed.length}
      where id = ${replay.id} and finished_at is null`.execute(tx);
    if (!numAffectedRows) throw new ReplayOver(`replay ${replay.id} is over`);
    return claimed;
  });
  countEvents(handled, 'replayed');
}
