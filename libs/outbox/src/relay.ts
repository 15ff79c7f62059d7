import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from '@everyhop/kafka';
import { silentLogger, type Logger } from '@everyhop/telemetry';
import pg from 'pg';
import { claimOutbox } from './claim.ts';
import { shipBatch } from './ship.ts';
import { WakeUp } from './wake-up.ts';

/** What a `Relay` needs. */
export interface RelayOptions {
  /** Postgres with the outbox. The relay keeps one connection of its own. */
  connectionString: string;
  producer: Producer;
  logger?: Logger;
  /** The most rows read, sent and removed at once. Default: 500. */
  batchSize?: number;
  /**
   * How often to look for rows that no `wake` announced, such as those of a crashed process, in ms. Starts at
   * `min` after each shipment and doubles up to `max` while nothing is found. Default: 500 to 15,000.
   */
  poll?: { min: number; max: number };
}

const defaultPoll = { min: 500, max: 15_000 };
const retryDelay = { min: 100, max: 5_000 };

/**
 * Ships the rows of the outbox to Kafka, in order, and removes each once the broker has acknowledged it. Of all
 * relays on one database one works and the others stand by: who holds the claim is settled by Postgres.
 */
export class Relay {
  readonly #options: Required<RelayOptions>;
  readonly #wakeUp = new WakeUp();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: RelayOptions) {
    this.#options = { logger: silentLogger, batchSize: 500, poll: defaultPoll, ...options };
  }

  /** Begins to ship; returns at once. While Postgres or Kafka are away it tries again, with growing delays. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Says that there are new rows: they leave now instead of at the next poll. Cheap, and never throws. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Finishes the batch in hand. Rows that are left stay for the next start, or for another instance. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let pause = retryDelay.min;
    while (!signal.aborted) {
      const client = new pg.Client({
        connectionString: this.#options.connectionString,
        application_name: 'outbox relay',
      });
      // A lost connection also rejects the next query, which is where it is handled.
      client.on('error', () => {});
      try {
        await client.connect();
        await this.#shipFrom(client, () => (pause = retryDelay.min));
      } catch (error) {
        this.#options.logger.warn(
          { err: error, retryInMs: pause },
          'the outbox relay has to wait; events are kept',
        );
        await delay(pause, undefined, { signal }).catch(() => {});
        pause = Math.min(pause * 2, retryDelay.max);
      } finally {
        await client.end().catch(() => {});
      }
    }
  }

  async #shipFrom(client: pg.Client, onProgress: () => void): Promise<void> {
    const { producer, batchSize, poll } = this.#options;
    const { signal } = this.#stopping;
    let wait = poll.min;
    let claimed = false;
    while (!signal.aborted) {
      claimed ||= await claimOutbox(client);
      const shipped = claimed ? await shipBatch(client, producer, batchSize) : 0;
      onProgress();
      if (shipped > 0) wait = poll.min;
      if (shipped === batchSize) continue;
      const woken = await this.#wakeUp.wait(wait, signal);
      if (!woken) wait = Math.min(wait * 2, poll.max);
    }
  }
}
