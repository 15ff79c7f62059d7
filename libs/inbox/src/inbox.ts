import { setTimeout as delay } from 'node:timers/promises';
import {
  RegistryUnavailable,
  startConsumer,
  type ConsumedBatch,
  type Consumer,
  type KafkaConnection,
  type SchemaRegistry,
} from '@everyhop/kafka';
import { positionsOf } from '@everyhop/kafka/admin';
import { assertServer } from '@everyhop/postgres';
import { silentLogger, type Duration, type Logger } from '@everyhop/telemetry';
import { withDefaults } from '@everyhop/telemetry/internal';
import type { Kysely } from 'kysely';
import type { Operator } from './ledger/action.ts';
import { backoffMs } from '@everyhop/telemetry/internal';
import { outageBackoff, pause } from './handler/backoff.ts';
import { handleTogether, parkFailed, type Batch } from './batch/batch.ts';
import { EndedItsProcess } from './batch/given-up.ts';
import { handleAlone, oneByOne } from './batch/handle-alone.ts';
import type { Handler } from './handler/handler.ts';
import type { HandleInterceptor } from './handler/interceptor.ts';
import { readRecord, sourceOf, traceOf, type Item, type Source, type Subscriptions } from './record/item.ts';
import { countConsumed, expectNoIrregularity } from './record/metrics.ts';
import type { ParkedEvent } from './parking/parked.ts';
import { isOfPostgres, isOutage } from './outage/outage.ts';
import { isAway, Outage, Outages } from './outage/outages.ts';
import { startReplays, type Replay, type ReplayRequest } from './replay/replay.ts';
import { Replayer } from './replay/replayer.ts';
import { defaultRetention, scheduleRetention, type Retention } from './ledger/retention.ts';
import { RetryWorker } from './retry/retry-worker.ts';
import { RunningHandlers, type RunningHandler } from './batch/running.ts';
import { placeOf, type Place } from './record/sequence.ts';
import { maxStarts, Starts } from './batch/starts.ts';
import { giveUpUnreadable, noHandler } from './parking/unreadable.ts';

/** What an `Inbox` needs. */
export interface InboxOptions {
  /** The name of the service: its consumer group, a contract. Its dead letters go to `<service>.dead-letter`. */
  service: string;
  handlers: Handler[];
  db: Kysely<any>;
  registry: SchemaRegistry;
  kafka: KafkaConnection;
  logger?: Logger;
  /** Called after each commit: `() => relay.wake()`. */
  onCommit?: () => void;
  /** Run around each try of each handler, the first as the outermost. Default: none. */
  interceptors?: readonly HandleInterceptor[];
  /** For how long handled events are remembered. Default: 14 days. */
  retention?: Partial<Retention>;
  /** After how long a handler that still runs is logged and told by `slowHandlers`. Default: `'10s'`. */
  slowAfter?: Duration;
}

/** Consumes what the handlers subscribe to, and handles each event once per handler, in the order of its key. */
export class Inbox {
  readonly #options: InboxOptions & { logger: Logger; running: RunningHandlers; outages: Outages };
  readonly #subscriptions: Subscriptions;
  readonly #retries: RetryWorker;
  readonly #replayer: Replayer;
  readonly #starts: Starts;
  readonly #paused = new Set<string>();
  #consumer: Consumer | undefined;
  #stopCleaning: () => void = () => {};

  /** Throws when two handlers have the same id. */
  constructor(options: InboxOptions) {
    const running = new RunningHandlers(options);
    this.#options = withDefaults({ logger: silentLogger, running, outages: new Outages(options) }, options);
    assertUniqueIds(options.handlers);
    // Who insists on the sequence comes first: should the process die between two handlers of an event, nobody is told of
    // a gap before it again.
    const { park = [], accept = [] } = Object.groupBy(options.handlers, ({ onGap }) => onGap);
    this.#subscriptions = Map.groupBy([...park, ...accept], ({ event }) => event.type);
    this.#retries = new RetryWorker({ ...this.#options, subscriptions: this.#subscriptions });
    this.#starts = new Starts(options.db, this.#options.logger);
    this.#replayer = new Replayer({ ...this.#options, onOver: () => this.#retries.wake() });
  }

  /**
   * Joins the consumer group; does nothing without handlers. Rejects when Kafka can't be reached, a topic is missing, or
   * the server is older than PostgreSQL 18 (`PostgresTooOld`); and after `stop`: make another inbox then.
   */
  async start(): Promise<void> {
    if (this.#options.running.isStopping) throw new Error('this inbox was stopped for good: make a new one');
    const { handlers, kafka, service, logger, db, retention } = this.#options;
    if (handlers.length === 0) return;
    await assertServer(db);
    expectNoIrregularity(this.topics);
    this.#retries.start();
    this.#replayer.start();
    this.#stopCleaning();
    this.#stopCleaning = scheduleRetention(db, withDefaults(defaultRetention, retention ?? {}), logger);
    this.#consumer = await startConsumer({
      ...kafka,
      logger,
      groupId: service,
      topics: this.topics,
      handleBatch: (batch) => this.#handle(batch),
    });
  }

  /** Whether it is a member of its consumer group (or needs none). */
  isReady(): boolean {
    return this.#options.handlers.length === 0 || (this.#consumer?.isJoined() ?? false);
  }

  /** The handlers it was constructed with. */
  get handlers(): readonly Handler[] {
    return this.#options.handlers;
  }

  /** The topics that the handlers subscribe to. */
  get topics(): string[] {
    return [...new Set(this.handlers.map(({ event }) => event.topic))];
  }

  /** The partitions, `topic/number`, that wait because something all events need is away. */
  pausedPartitions(): string[] {
    return [...this.#paused];
  }

  /** The handlers that have been running for longer than `slowAfter`, and on what, the longest first. */
  slowHandlers(): RunningHandler[] {
    return this.#options.running.slow();
  }

  /** Says that an operator has redriven or discarded parked events, or begun or cancelled a replay. */
  wake(): void {
    this.#retries.wake();
    this.#replayer.wake();
  }

  /** Begins to handle past events again, in the background; see `startReplays`. */
  async replay(request: ReplayRequest, operator: Operator): Promise<Replay[]> {
    const replays = await startReplays(this.#options.db, this.#options.handlers, request, operator);
    this.wake();
    return replays;
  }

  /** The data of a parked event as its handlers see it. Throws why it can't be read. */
  async dataOf({ topic, partition, offset, headers, payload }: ParkedEvent): Promise<unknown> {
    const message = { offset, headers, key: null, value: payload };
    const record = { topic, partition, message };
    const read = await readRecord(record, this.#subscriptions, this.#options.registry);
    if (!Array.isArray(read)) throw read.reason;
    if (read.length === 0) throw new Error('no handler of this service subscribes to its type any more');
    if (read[0]!.unread) throw read[0]!.unread;
    return read[0]!.data;
  }

  /**
   * Finishes and commits the batch in hand, then leaves the group. Handlers are told by `delivery.signal`; those that
   * take more than five seconds are not waited for any longer: their batch is rolled back and delivered again.
   */
  async stop(): Promise<void> {
    this.#stopCleaning();
    this.#options.running.stop();
    await this.#consumer?.stop();
    await this.#replayer.stop();
    await this.#retries.stop();
  }

  /** Stops it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Resolves when all that is on its topics by now has been handled, parked or passed over by one of its instances; for
   * tests. Asks Kafka every 50 ms. What is parked may still be retried.
   */
  async whenCaughtUp(): Promise<void> {
    const { kafka, service: groupId } = this.#options;
    for (const topic of this.topics) {
      const read = () => positionsOf({ ...kafka, groupId, topic });
      const ends = (await read()).map(({ end }) => end);
      while ((await read()).some(({ next }, nth) => next < (ends[nth] ?? 0n))) await delay(50);
    }
  }

  // When what everybody needs is away, the partition waits, and nothing counts as an attempt.
  async #handle(batch: ConsumedBatch): Promise<void> {
    const { logger } = this.#options;
    const partition = `${batch.topic}/${batch.partition}`;
    countConsumed(batch, this.#options.service);
    let said = '';
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#starts.handle(batch, {
            handle: (part) => this.#handleOnce(part),
            setAside: (part, read) => this.#setAside(part, read),
          });
        } catch (error) {
          if (this.#options.running.isStopping) throw error;
          // What Postgres refuses to the inbox itself is no failure of an event.
          if (!(isAway(error) || isOfPostgres(error))) throw error;
          const { message } = error as Error;
          const err = error instanceof Outage ? error.cause : error;
          if (message !== said) logger.warn({ err, partition }, `paused until it is back: ${message}`);
          said = message;
          this.#paused.add(partition);
          await pause(backoffMs(attempt, outageBackoff), batch);
        }
      }
    } finally {
      if (this.#paused.delete(partition)) logger.info({ partition }, 'no longer paused');
    }
  }

  async #handleOnce(consumed: ConsumedBatch): Promise<void> {
    const { db, onCommit, logger, outages } = this.#options;
    const batch = await this.#read(consumed);
    // Nothing but records that nobody can read: their dead letters are to be sent.
    if (batch.places.length === 0) return onCommit?.();
    try {
      const unread = batch.items.find((item) => item.unread)?.unread;
      if (unread) throw unread;
      if ((await handleTogether(db, batch, [], this.#options)) > 0) this.#retries.wake();
    } catch (error) {
      if (this.#options.running.isStopping) throw error;
      const fields = { err: error, topic: consumed.topic, events: batch.items.length };
      logger.debug(fields, 'a batch failed; handling its events one by one');
      if (isOutage(error)) await outages.confirm({ handler: noHandler, ...consumed }, error);
      try {
        for (const alone of oneByOne(batch)) {
          await handleAlone(db, alone, consumed, this.#options, error);
          await consumed.heartbeat();
        }
      } finally {
        this.#retries.wake();
      }
    } finally {
      onCommit?.();
    }
  }

  /** Gives up a record that ends each process that handles it: for each handler that has not handled it. */
  async #setAside(consumed: ConsumedBatch, read: boolean): Promise<void> {
    const { db, onCommit, logger } = this.#options;
    const { topic, partition, messages } = consumed;
    const reason = new EndedItsProcess(maxStarts);
    const record = { topic, partition, message: messages[0]! };
    const fields = { err: reason, record: sourceOf(record), trace_id: traceOf(record) };
    logger.error(fields, 'an event is dead: redrive or discard it');
    if (!read) await giveUpUnreadable({ ...record, reason }, this.#options);
    else
      for (const alone of oneByOne(await this.#read(consumed))) {
        const failure = { error: reason, attempts: maxStarts, firstFailure: new Date() };
        await parkFailed(db, alone, failure, [], undefined, this.#options);
      }
    onCommit?.();
  }

  async #read(consumed: ConsumedBatch): Promise<Batch> {
    const { outages } = this.#options;
    const items: Item[] = [];
    const places: Place[] = [];
    const registry = askedOnce(this.#options.registry);
    for (const message of consumed.messages) {
      const record: Source = { topic: consumed.topic, partition: consumed.partition, message };
      const read = await readRecord(record, this.#subscriptions, registry);
      if (Array.isArray(read)) items.push(...read);
      else
        await giveUpUnreadable(read, this.#options).catch(async (error: unknown) => {
          await outages.confirm({ handler: noHandler, ...record }, error);
          throw error;
        });
      const place = placeOf(record);
      if (place) places.push(place);
    }
    return { items, places };
  }
}

/** A registry that was away once is not asked again: each question takes seconds then. */
function askedOnce(registry: SchemaRegistry): Pick<SchemaRegistry, 'decode'> {
  let away: Promise<never> | undefined;
  return {
    decode: (type, bytes) =>
      away ??
      registry.decode(type, bytes).catch((error: unknown) => {
        const failed = Promise.reject<never>(error);
        if (error instanceof RegistryUnavailable) away = failed;
        return failed;
      }),
  };
}

function assertUniqueIds(handlers: Handler[]): void {
  for (const [id, { length }] of Map.groupBy(handlers, ({ id }) => id)) {
    if (length > 1)
      throw new Error(`${length} handlers have the id ${id}: give each its own with @On(…, { id })`);
  }
}
