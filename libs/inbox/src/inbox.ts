import {
  startConsumer,
  type ConsumedBatch,
  type Consumer,
  type KafkaConnection,
  type SchemaRegistry,
} from '@everyhop/kafka';
import { silentLogger, type Logger } from '@everyhop/telemetry';
import type { Kysely } from 'kysely';
import { backoffMs, pause } from './backoff.ts';
import { handleTogether } from './batch.ts';
import { deadLetter } from './dead-letter.ts';
import type { Handler } from './handler.ts';
import { readRecord, type Item, type Source, type Subscriptions, type Unreadable } from './item.ts';
import { handleAlone } from './one-by-one.ts';
import { isOutage } from './outage.ts';

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
}

const outageDelay = { delayMs: 200, maxDelayMs: 5_000 };

/** Consumes what the handlers subscribe to, and handles each event once per handler, in the order of its key. */
export class Inbox {
  readonly #options: InboxOptions & { logger: Logger };
  readonly #subscriptions: Subscriptions;
  #consumer: Consumer | undefined;

  /** Throws when two handlers have the same id. */
  constructor(options: InboxOptions) {
    this.#options = { logger: silentLogger, ...options };
    assertUniqueIds(options.handlers);
    this.#subscriptions = Map.groupBy(options.handlers, ({ event }) => event.type);
  }

  /** Joins the consumer group; does nothing without handlers. Rejects when Kafka can't be reached or a topic is missing. */
  async start(): Promise<void> {
    const { handlers, kafka, service, logger } = this.#options;
    if (handlers.length === 0) return;
    const topics = [...new Set(handlers.map(({ event }) => event.topic))];
    this.#consumer = await startConsumer({
      ...kafka,
      logger,
      groupId: service,
      topics,
      handleBatch: (batch) => this.#handle(batch),
    });
  }

  /** Whether it is a member of its consumer group (or needs none). */
  isReady(): boolean {
    return this.#options.handlers.length === 0 || (this.#consumer?.isJoined() ?? false);
  }

  /** Finishes and commits the batch in hand, then leaves the group. */
  async stop(): Promise<void> {
    await this.#consumer?.stop();
  }

  // When what everybody needs is away, the partition waits, and nothing counts as an attempt.
  async #handle(batch: ConsumedBatch): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#handleOnce(batch);
      } catch (error) {
        if (!isOutage(error)) throw error;
        const { topic, partition } = batch;
        if (attempt === 1)
          this.#options.logger.warn({ err: error, topic, partition }, 'paused until it is back');
        await pause(backoffMs(attempt, outageDelay), batch);
      }
    }
  }

  async #handleOnce(batch: ConsumedBatch): Promise<void> {
    const { db, service, onCommit, logger } = this.#options;
    const items: Item[] = [];
    for (const message of batch.messages) {
      const read = await readRecord({ ...batch, message }, this.#subscriptions, this.#options.registry);
      if (Array.isArray(read)) items.push(...read);
      else await this.#giveUp(read);
    }
    if (items.length === 0) return;
    try {
      await handleTogether(db, items, 1, this.#options);
    } catch (error) {
      if (isOutage(error)) throw error;
      logger.debug(
        { err: error, topic: batch.topic, events: items.length },
        'a batch failed; handling its events one by one',
      );
      for (const item of items) {
        await handleAlone(db, item, batch, { ...this.#options, service });
        await batch.heartbeat();
      }
    }
    onCommit?.();
  }

  async #giveUp({ reason, ...record }: Unreadable): Promise<void> {
    const { db, service, logger, onCommit } = this.#options;
    const eventId = placeOf(record);
    logger.error({ err: reason, record: eventId }, `a record can't be read: it is on ${service}.dead-letter`);
    await deadLetter(db, service, {
      record,
      eventId,
      handler: '',
      reason,
      attempts: 1,
      firstFailure: new Date(),
    });
    onCommit?.();
  }
}

const placeOf = ({ topic, partition, message }: Source) => `${topic}/${partition}/${message.offset}`;

function assertUniqueIds(handlers: Handler[]): void {
  for (const [id, { length }] of Map.groupBy(handlers, ({ id }) => id)) {
    if (length > 1)
      throw new Error(`${length} handlers have the id ${id}: give each its own with @On(…, { id })`);
  }
}
