import { setTimeout as delay } from 'node:timers/promises';
import {
  startConsumer,
  type ConsumedBatch,
  type KafkaConnection,
  type SchemaRegistry,
} from '@everyhop/kafka';
import { deleteGroup } from '@everyhop/kafka/admin';
import type { Logger } from '@everyhop/telemetry';
import { sql, type Kysely } from 'kysely';
import { EndedItsProcess } from '../batch/given-up.ts';
import type { RunningHandlers } from '../batch/running.ts';
import { maxStarts, Starts } from '../batch/starts.ts';
import { backoffMs } from '@everyhop/telemetry/internal';
import { outageBackoff, pause } from '../handler/backoff.ts';
import { reasonOf } from '../handler/failure.ts';
import type { Handler } from '../handler/handler.ts';
import { isOutage } from '../outage/outage.ts';
import { promoteHeads } from '../parking/park.ts';
import { readRecord, type Item } from '../record/item.ts';
import { ReplayOver, replayTogether } from './replay-batch.ts';
import { boundsOf, remainingOf, replayGroup, type Bounds, type OpenReplay } from './replay-bounds.ts';

/** What a `ReplayRun` needs beside the replay. */
export interface ReplayRunOptions {
  service: string;
  db: Kysely<any>;
  registry: SchemaRegistry;
  kafka: KafkaConnection;
  logger: Logger;
  /** Called when a replay is over: what was parked behind it is due. */
  onOver: () => void;
  running: RunningHandlers;
}

const progressMs = 500;
/** An outage that takes longer may be none. */
const triesUntilSaid = 4;

/** The part that one instance takes in one replay. */
export class ReplayRun {
  readonly #replay: OpenReplay;
  readonly #handler: Handler;
  readonly #options: ReplayRunOptions;
  readonly #signal: AbortSignal;

  constructor(replay: OpenReplay, handler: Handler, options: ReplayRunOptions, signal: AbortSignal) {
    this.#replay = replay;
    this.#handler = handler;
    this.#options = options;
    this.#signal = signal;
  }

  /** Resolves when the replay is over, or the service stops. */
  async run(): Promise<void> {
    const { logger } = this.#options;
    for (let failures = 0; !this.#signal.aborted;) {
      try {
        return await this.#read();
      } catch (error) {
        if (this.#signal.aborted) return;
        const retryInMs = backoffMs(++failures, outageBackoff);
        logger.warn({ err: error, replay: this.#replay.id, retryInMs }, 'a replay has to wait');
        await delay(retryInMs, undefined, { signal: this.#signal }).catch(() => {});
      }
    }
  }

  async #read(): Promise<void> {
    const { db, kafka, service, logger, onOver } = this.#options;
    const { id } = this.#replay;
    const { topic } = this.#handler.event;
    const of = { kafka, service, topic };
    const bounds = await boundsOf(db, this.#replay, of, this.#signal);
    const groupId = replayGroup(service, id);
    const starts = new Starts(db, logger, `${groupId}/`);
    const handleBatch = (batch: ConsumedBatch) => this.#handle(batch, bounds, starts);
    const consumer = await startConsumer({ ...kafka, logger, groupId, topics: [topic], handleBatch });
    try {
      while (!(await this.#isOver(await remainingOf(id, bounds, of))))
        await delay(progressMs, undefined, { signal: this.#signal });
    } finally {
      await consumer.stop();
    }
    logger.info({ replay: id, handler: this.#handler.id }, 'a replay is over');
    await starts.forgetAll(topic);
    await promoteHeads(db);
    onOver();
    // Fails while other instances are still members: the last one forgets it.
    await deleteGroup({ ...kafka, groupId }).catch(() => {});
  }

  async #isOver(remaining: bigint): Promise<boolean> {
    const { rows } = await sql<{ finished_at: Date | null }>`
      update inbox_replay set remaining = ${remaining}, finished_at = case when ${remaining === 0n} then now() end
      where id = ${this.#replay.id} and finished_at is null
      returning finished_at`.execute(this.#options.db);
    return rows[0]?.finished_at !== null;
  }

  // A replay leaves nothing out: what fails is tried until it works, or the replay is cancelled.
  async #handle(batch: ConsumedBatch, bounds: Bounds, starts: Starts): Promise<void> {
    const { logger } = this.#options;
    let failed = false;
    for (let attempt = 1; ; attempt++) {
      try {
        await starts.handle(batch, {
          handle: (part) => this.#handleOnce(part, bounds, attempt),
          setAside: (part) => Promise.reject(endedBy(part)),
        });
        if (failed) await this.#say(null);
        return;
      } catch (error) {
        if (error instanceof ReplayOver) return;
        if (this.#options.running.isStopping) throw error;
        const retryInMs = backoffMs(attempt, outageBackoff);
        logger.warn(
          { err: error, replay: this.#replay.id, attempt, retryInMs },
          'a replay makes no progress',
        );
        if (!isOutage(error) || attempt >= triesUntilSaid) {
          failed = true;
          await this.#say(reasonOf(error)).catch(() => {});
        }
        await pause(retryInMs, batch);
      }
    }
  }

  async #handleOnce({ topic, partition, messages }: ConsumedBatch, bounds: Bounds, attempt: number) {
    const { db, registry } = this.#options;
    const { key } = this.#replay;
    const subscriptions = new Map([[this.#handler.event.type, [this.#handler]]]);
    const end = bounds.get(partition)?.end ?? 0n;
    const items: Item[] = [];
    for (const message of messages) {
      if (BigInt(message.offset) >= end) break;
      if (key !== null && message.headers?.['ce_subject']?.toString() !== key) continue;
      const read = await readRecord({ topic, partition, message }, subscriptions, registry);
      // What can't be read was dead-lettered when it came.
      if (Array.isArray(read)) items.push(...read);
    }
    if (items.length === 0) return;
    const together = (some: Item[]) => replayTogether(db, this.#replay, some, bounds, attempt, this.#options);
    try {
      await together(items);
    } catch (error) {
      if (error instanceof ReplayOver || this.#options.running.isStopping) throw error;
      for (const item of items) await together([item]).catch((cause) => blame(item, cause));
    }
  }

  async #say(failure: string | null): Promise<void> {
    await sql`update inbox_replay set failure = ${failure} where id = ${this.#replay.id}`.execute(
      this.#options.db,
    );
  }
}

function endedBy({ topic, partition, messages }: ConsumedBatch): Error {
  const cause = new EndedItsProcess(maxStarts, 'cancel the replay and begin it again');
  return new Error(`record ${topic}/${partition}/${messages[0]!.offset}`, { cause });
}

function blame({ event }: Item, cause: unknown): never {
  if (isOutage(cause) || cause instanceof ReplayOver) throw cause;
  throw new Error(`event ${event.id} of key ${event.key}`, { cause });
}
