import { appendToOutbox, type OutboxEntry } from '@everyhop/outbox/internal';
import { inTransaction } from '@everyhop/postgres';
import type { Logger } from '@everyhop/telemetry';
import type { Kysely, Transaction } from 'kysely';
import { claimEvents, claimOf } from '../ledger/claim.ts';
import { sendDeadLetter } from '../parking/dead-letter.ts';
import { OutOfSequence } from './given-up.ts';
import type { Failure } from '../handler/failure.ts';
import { handleItem, type Attempt, type HandleOptions } from './handle.ts';
import { recordHistory, type HistoryEntry } from '../ledger/history.ts';
import type { Item } from '../record/item.ts';
import { countEvents, countHandled, countIrregularity } from '../record/metrics.ts';
import {
  blockedLines,
  blocksWhenDead,
  lineOfItem,
  park,
  parkingOf,
  promoteHeads,
  type Parking,
} from '../parking/park.ts';
import { ownWork, type Outages } from '../outage/outages.ts';
import { checkSequence, type Irregularity, type Place } from '../record/sequence.ts';

/** Some records of a partition, as they concern this service. */
export interface Batch {
  /** In the order of the partition. */
  items: Item[];
  /** Of all records, those that no handler asked for included. */
  places: Place[];
  /** What those who handle parts of a batch have found so far, by event id: each place is checked once. */
  irregular?: Map<string, Irregularity>;
}

/** What handling a batch needs beside its items. */
export type BatchOptions = HandleOptions & { logger: Logger; outages: Pick<Outages, 'passed'> };

/**
 * Handles `batch` in one transaction: claims the items, runs their handlers (see `handleAll`), adds what they returned to the outbox, parks what must wait behind an event
 * that is parked already, commits. All of it happens or nothing. `failed` are the tries before this one, of a batch
 * of one. Returns how many were parked.
 */
export async function handleTogether(
  db: Kysely<any>,
  batch: Batch,
  failed: HistoryEntry[],
  options: BatchOptions,
): Promise<number> {
  const attempt = failed.length + 1;
  const done = await inTransaction(db, async (tx) => {
    const { fresh, duplicates, blocked, irregular, found } = await ownWork(admit(tx, batch, attempt));
    if (fresh.length > 0) await recordHistory(tx, failed);
    const parkings: Parking[] = [];
    const ready: Item[] = [];
    for (const item of fresh) {
      const gap = item.handler.onGap === 'park' ? irregular.get(item.event.id) : undefined;
      if (blocked.has(lineOfItem(item))) parkings.push(parkingOf(item));
      else if (gap) {
        const failure = { error: new OutOfSequence(gap), attempts: 0, firstFailure: new Date() };
        parkings.push(await giveUp(tx, item, failure, options.service));
        blocked.add(lineOfItem(item));
      } else ready.push(item);
    }
    const entries = await handleAll(tx, ready, { attempt }, options);
    await ownWork(Promise.all([appendToOutbox(tx, entries), park(tx, parkings)]));
    return { ready, duplicates, parkings, found };
  });
  report(done.found, options.logger);
  countHandled(done.ready);
  options.outages.passed(done.ready);
  countEvents(done.duplicates, 'duplicate');
  // What they are behind may have been handled meanwhile by who could not see them yet.
  if (done.parkings.length > 0) await promoteHeads(db, done.parkings);
  return done.parkings.length;
}

/**
 * Parks an item that failed, in a transaction that claims it: to be tried again later, or, after its last try, as
 * dead, with a record on the dead-letter topic. `failed` are the tries before the last one. Does nothing when it was
 * handled elsewhere in the meantime.
 */
export async function parkFailed(
  db: Kysely<any>,
  batch: Batch & { items: [Item] },
  failure: Failure,
  failed: HistoryEntry[],
  retryInMs: number | undefined,
  options: BatchOptions,
): Promise<void> {
  const noted = inTransaction(db, async (tx) => {
    const { fresh, found } = await admit(tx, batch, Math.max(failure.attempts, 1));
    const [item] = fresh;
    if (!item) return found;
    await recordHistory(tx, failed);
    const isDead = retryInMs === undefined;
    const parking = isDead
      ? await giveUp(tx, item, failure, options.service)
      : { ...parkingOf(item), failure, retryInMs };
    await park(tx, [parking]);
    countEvents([item], isDead ? 'dead' : 'parked');
    return found;
  });
  report(await ownWork(noted), options.logger);
}

/** Sorts out what is this transaction's to handle, and what is not as it should be. `found`: what nobody has said yet. */
async function admit(tx: Transaction<any>, batch: Batch, attempt: number) {
  const { items, places, irregular = new Map<string, Irregularity>() } = batch;
  // One round trip: the three statements are pipelined.
  const [isFresh, blocked, irregularities] = await Promise.all([
    claimEvents(tx, items.map(claimOf), attempt),
    blockedLines(tx, items),
    checkSequence(tx, places),
  ]);
  const { fresh = [], duplicates = [] } = Object.groupBy(items, (_, index) =>
    isFresh[index] ? 'fresh' : 'duplicates',
  );
  const isOf = (some: Item[], eventId: string) => some.some(({ event }) => event.id === eventId);
  // What any handler has handled before comes too late on purpose: it is a redelivery.
  const isNews = (eventId: string) => isOf(fresh, eventId) && !isOf(duplicates, eventId);
  const found = irregularities.filter(({ eventId, expected, found }) => found > expected || isNews(eventId));
  for (const one of found) irregular.set(one.eventId, one);
  return { fresh, duplicates, blocked, irregular, found };
}

function report(irregularities: Irregularity[], logger: Logger): void {
  for (const { topic, key, eventId, traceId, expected, found } of irregularities) {
    const kind = found > expected ? 'gap' : 'step back';
    countIrregularity(topic, kind);
    const of = { topic, key, event_id: eventId, trace_id: traceId };
    const fields = { ...of, expected: String(expected), found: String(found) };
    logger.warn(fields, `a ${kind} in the events of a key: expected number ${expected}, found ${found}`);
  }
}

/**
 * Runs the handlers of `items` in `tx`, and returns what is to be published. First those that want to be alone, one
 * after the other: within a transaction locks keep nobody out. Then the concurrent ones, of one key in order, of
 * different keys side by side.
 */
export async function handleAll(
  tx: Transaction<any>,
  items: Item[],
  attempt: Attempt,
  options: HandleOptions,
): Promise<OutboxEntry[]> {
  const { concurrent = [], alone = [] } = Object.groupBy(items, ({ handler }) =>
    handler.concurrent ? 'concurrent' : 'alone',
  );
  const inOrder = async (some: Item[]) => {
    const entries: OutboxEntry[] = [];
    for (const item of some) entries.push(...(await handleItem(item, tx, attempt, options)));
    return entries;
  };
  const entries = await inOrder(alone);
  // All have to end before the transaction may: a handler must not write into the connection's next one.
  const keys = [...Map.groupBy(concurrent, ({ event }) => event.key).values()];
  const outcomes = await Promise.allSettled(keys.map(inOrder));
  return entries.concat(
    ...outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    }),
  );
}

async function giveUp(tx: Transaction<any>, item: Item, failure: Failure, service: string): Promise<Parking> {
  await sendDeadLetter(tx, service, { ...claimOf(item), record: item, failure });
  return { ...parkingOf(item), failure, dead: { blocks: blocksWhenDead(item.handler, failure.error) } };
}
