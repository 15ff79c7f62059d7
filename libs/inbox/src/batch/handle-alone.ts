import type { ConsumedBatch } from '@everyhop/kafka';
import type { Kysely } from 'kysely';
import { nextWait, outageBackoff, pause } from '../handler/backoff.ts';
import { handleTogether, parkFailed, type Batch, type BatchOptions } from './batch.ts';
import { claimOf } from '../ledger/claim.ts';
import { HandlerTimedOut } from './given-up.ts';
import type { HistoryEntry } from '../ledger/history.ts';
import { isUnreadable, logFieldsOf, type Item } from '../record/item.ts';
import { countEvents } from '../record/metrics.ts';
import { againMs, isAway, Outage, type Outages } from '../outage/outages.ts';
import { reasonOf, type Failure } from '../handler/failure.ts';
import type { Irregularity } from '../record/sequence.ts';
import { giveUpUnreadable } from '../parking/unreadable.ts';

const longestWaitInPlaceMs = 200;

/**
 * Handles one item in a transaction of its own, unless it was the one that timed out in the batch, which `inBatch` then
 * says. While it fails it is tried again at once a few times, then it is parked and the partition goes on. So is what may
 * need something that is away, at no cost, and the next shows whether it is away for all. Throws `Outage` when it is.
 */
export async function handleAlone(
  db: Kysely<any>,
  batch: Batch & { items: [Item] },
  membership: Pick<ConsumedBatch, 'heartbeat' | 'signal'>,
  options: BatchOptions & { outages: Outages },
  inBatch?: unknown,
): Promise<void> {
  const [item] = batch.items;
  const { handler, event, topic, partition } = item;
  const { outages } = options;
  const one = { handler: handler.id, eventId: event.id, topic, partition };
  const firstFailure = new Date();
  const failed: HistoryEntry[] = [];
  for (let attempts = 1, doubts = 0; ;) {
    try {
      // What has held up its partition for so long is not let do so again at once.
      if (inBatch instanceof HandlerTimedOut && inBatch.item === item) throw inBatch;
      await handleTogether(db, batch, failed, options);
      return;
    } catch (error) {
      if (options.running.isStopping) throw error;
      if (isUnreadable(error)) return giveUpUnreadable({ ...item, reason: error }, { ...options, db });
      const verdict = await outages.weigh(one, error);
      if (verdict === 'again') {
        options.logger.debug({ err: error, ...logFieldsOf(item) }, 'trying again');
        await pause(againMs(error, ++doubts), membership);
        continue;
      }
      if (verdict === 'aside' && !outages.mayPutAside(handler.id))
        throw new Outage(`what ${handler.id} needs is away`, { cause: error });
      const isAside = verdict === 'aside';
      const failure: Failure = { error, attempts: isAside ? attempts - 1 : attempts, firstFailure };
      const waitMs = isAside ? outageBackoff.longest : nextWait(failure, handler);
      const fields = { err: error, ...logFieldsOf(item), attempt: attempts };
      const isQuick = waitMs !== undefined && waitMs <= longestWaitInPlaceMs && !isAside;
      if (isQuick && attempts < handler.retry.inPlace && !(error instanceof HandlerTimedOut)) {
        options.logger.debug({ ...fields, retryInMs: waitMs }, 'handling failed; trying again at once');
        countEvents([{ handler }], 'retried');
        const reason = reasonOf(error);
        failed.push({ ...claimOf(item), what: 'failed', at: new Date(), attempt: attempts, reason });
        await pause(waitMs, membership);
        attempts++;
        continue;
      }
      if (isAside)
        options.logger.warn({ ...fields, retryInMs: waitMs }, 'an event waits for what others may not need');
      else if (waitMs === undefined) options.logger.error(fields, 'an event is dead: redrive or discard it');
      else
        options.logger.warn(
          { ...fields, retryInMs: waitMs },
          'an event is parked; its key waits, others go on',
        );
      try {
        await parkFailed(db, batch, failure, failed, waitMs, options);
      } catch (cause) {
        await outages.confirm(one, cause);
        if (isAway(cause)) throw cause;
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
