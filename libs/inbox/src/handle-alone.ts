import type { ConsumedBatch } from '@everyhop/kafka';
import type { Kysely } from 'kysely';
import { nextWait, pause } from './backoff.ts';
import { claimOf, handleTogether, parkFailed, type Batch, type BatchOptions } from './batch.ts';
import { HandlerTimedOut } from './errors.ts';
import type { HistoryEntry } from './history.ts';
import type { Item } from './item.ts';
import { countEvents } from './metrics.ts';
import { isCanceled, isOutage } from './outage.ts';
import { reasonOf, type Failure } from './park.ts';
import type { Irregularity } from './sequence.ts';
import { giveUpUnreadable } from './unreadable.ts';

const longestWaitInPlaceMs = 200;

/**
 * Handles one item in a transaction of its own, unless it was the one that timed out in the batch, which `inBatch` then says. While it fails it is tried again at once a few times, then it is
 * parked and the partition goes on. Outages are not handled here: they throw.
 */
export async function handleAlone(
  db: Kysely<any>,
  batch: Batch & { items: [Item] },
  membership: Pick<ConsumedBatch, 'heartbeat' | 'signal'>,
  options: BatchOptions,
  inBatch?: unknown,
): Promise<void> {
  const [item] = batch.items;
  const { handler, event } = item;
  const firstFailure = new Date();
  const failed: HistoryEntry[] = [];
  for (let attempts = 1; ; attempts++) {
    try {
      // What has held up its partition for so long is not let do so again at once.
      if (inBatch instanceof HandlerTimedOut && inBatch.item === item) throw inBatch;
      await handleTogether(db, batch, failed, options);
      return;
    } catch (error) {
      if (isOutage(error) || options.running.isStopping) throw error;
      const failure: Failure = { error, attempts, firstFailure };
      const waitMs = nextWait(failure, handler);
      const fields = {
        err: error,
        handler: handler.id,
        event_id: event.id,
        key: event.key,
        attempt: attempts,
      };
      const isQuick = waitMs !== undefined && waitMs <= longestWaitInPlaceMs;
      if (isQuick && attempts < handler.retry.inPlace && !(error instanceof HandlerTimedOut)) {
        options.logger.debug({ ...fields, retryInMs: waitMs }, 'handling failed; trying again at once');
        countEvents([{ handler }], 'retried');
        const reason = reasonOf(error);
        failed.push({ ...claimOf(item), what: 'failed', at: new Date(), attempt: attempts, reason });
        await pause(waitMs, membership);
        continue;
      }
      if (waitMs === undefined) options.logger.error(fields, 'an event is dead: redrive or discard it');
      else
        options.logger.warn(
          { ...fields, retryInMs: waitMs },
          'an event is parked; its key waits, others go on',
        );
      try {
        await parkFailed(db, batch, failure, failed, waitMs, options);
      } catch (cause) {
        if (isOutage(cause) || isCanceled(cause)) throw cause;
        // No event may ever block its partition, whatever is wrong with it.
        const reason = new Error('it failed, and could not be parked', { cause });
        await giveUpUnreadable({ ...item, reason }, { ...options, db }, handler.id);
      }
      return;
    }
  }
}

/**
 * One batch for each item, with the places of the records up to its own that no batch before it had; the last one
 * has those behind it too.
 */
export function* oneByOne({ items, places }: Batch): Generator<Batch & { items: [Item] }> {
  const irregular = new Map<string, Irregularity>();
  let from = 0;
  for (const item of items) {
    const own = places.findIndex(({ eventId }) => eventId === item.event.id);
    const to = item === items.at(-1) ? places.length : Math.max(from, own + 1);
    yield { items: [item], places: places.slice(from, to), irregular };
    from = to;
  }
}
