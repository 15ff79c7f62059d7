import { setTimeout as delay } from 'node:timers/promises';
import { type Producers } from '@everyhop/kafka';
import { ProducerFenced } from '@everyhop/kafka/internal';
import { Client } from '@everyhop/postgres';
import { WakeUp } from '@everyhop/postgres/internal';
import { silentLogger, type Duration, type Logger } from '@everyhop/telemetry';
import { toMs, withDefaults } from '@everyhop/telemetry/internal';
import type pg from 'pg';
import { BUCKETS } from './bucket.ts';
import { Claims } from './claims.ts';
import { Peers } from './peers.ts';
import { Shipper, type Sent } from './ship.ts';

/** What a `Relay` needs. */
export interface RelayOptions {
  /** Postgres with the outbox. The relay keeps one connection of its own. */
  connectionString: string;
  /** Where it opens a producer for each bucket. */
  producers: Pick<Producers, 'open'>;
  /**
   * Begins the fencing ids of the buckets, as in `billing.outbox`: the outbox's own, and a contract of all relays on it.
   * With ACLs it needs Write on the transactional ids that begin so.
   */
  fencingId: string;
  logger?: Logger;
  /** The most rows of a bucket that are read, sent and removed at once; fewer when they are large. Default: 250. */
  batchSize?: number;
  /**
   * How often to look for rows that no `wake` announced, such as those of a crashed process, and for relays that
   * went. Starts at `min` and doubles while nothing is found, up to `max`, or to `shared` while there are other relays,
   * whose buckets may have to be taken over. Default: 500 ms, 30 s, 5 s.
   */
  poll?: { min: Duration; max: Duration; shared: Duration };
  /** After how long a relay that lets rows wait and says nothing is stuck, and loses its buckets. Default: `'10s'`. */
  stuckAfter?: Duration;
}

const defaults = {
  logger: silentLogger,
  batchSize: 250,
  poll: { min: 500, max: 30_000, shared: 5_000 },
  stuckAfter: 10_000,
};
// A plan that was made while the outbox was empty, and is remembered, reads all rows for each batch, or sorts them, when
// many have come since. Each statement of this connection has an index that gives its rows in their order.
const indexesOnly = { enable_seqscan: 'off', enable_bitmapscan: 'off', enable_sort: 'off' };
const retryDelay = { min: 100, max: 5_000 };

/**
 * Ships the rows of the outbox to Kafka, in the order of each key, and removes each once the broker has acknowledged
 * it. The relays on one database share the buckets of keys; a bucket has one owner at a time.
 */
export class Relay {
  readonly #options: Required<RelayOptions>;
  /** In ms. */
  readonly #poll: { min: number; max: number; shared: number };
  readonly #stuckMs: number;
  readonly #wakeUp = new WakeUp();
  readonly #stopping = new AbortController();
  readonly #sent: Sent = new Map();
  #running: Promise<void> | undefined;
  #notifyPeers: (() => void) | undefined;

  constructor(options: RelayOptions) {
    this.#options = withDefaults(defaults, options);
    const { min, max, shared } = this.#options.poll;
    this.#stuckMs = toMs(this.#options.stuckAfter);
    this.#poll = { min: toMs(min), max: toMs(max), shared: toMs(shared) };
  }

  /**
   * Begins to ship; returns at once. While Postgres or Kafka are away it tries again, with growing delays. Throws after
   * `stop`: make another relay then.
   */
  start(): void {
    if (this.#stopping.signal.aborted) throw new Error('this relay was stopped for good: make a new one');
    this.#running ??= this.#run();
  }

  /**
   * Says that there are new rows: they leave now instead of at the next poll. Relays of other instances are told
   * too when they own buckets. Cheap, and never throws.
   */
  wake(): void {
    this.#wakeUp.wake();
    this.#notifyPeers?.();
  }

  /**
   * Resolves when all that was committed to the outbox by now has left it, but for keys of which Kafka has refused
   * something; for tests. Asks the database every 20 ms, and goes by all relays on it.
   */
  async whenIdle(): Promise<void> {
    const client = new Client({ connectionString: this.#options.connectionString });
    client.on('error', () => {});
    await client.connect();
    try {
      const { rows } = await client.query('select max(position) as last from outbox');
      const left = `
        select from outbox as row where position <= $1 and not exists (
          select from outbox as refused where refused.refused is not null
            and (refused.aggregatetype, refused.aggregateid) = (row.aggregatetype, row.aggregateid)
        ) limit 1`;
      while ((await client.query(left, [rows[0].last])).rowCount) await delay(20);
    } finally {
      await client.end();
    }
  }

  /** Finishes the batch in hand. Rows that are left stay for another relay. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Stops it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const pause = new Pause(this.#stopping.signal, this.#options.logger);
    while (!this.#stopping.signal.aborted) {
      const client = new Client({
        connectionString: this.#options.connectionString,
        application_name: 'outbox relay',
        connectionTimeoutMillis: 5_000,
        // Its buckets have been taken long before.
        query_timeout: 6 * this.#stuckMs,
        settings: indexesOnly,
      });
      // A lost connection also rejects the next query, which is where it is handled.
      client.on('error', () => {});
      try {
        await client.connect();
        await this.#shipFrom(client, pause);
      } catch (error) {
        await pause.after(error);
      } finally {
        this.#notifyPeers = undefined;
        await client.end().catch(() => {});
      }
    }
  }

  async #shipFrom(client: pg.Client, pause: Pause): Promise<void> {
    const { producers, fencingId, logger, batchSize } = this.#options;
    const poll = this.#poll;
    const stuckMs = this.#stuckMs;
    const { signal } = this.#stopping;
    // What it could not remove it would send, and so would the next.
    await client.query('delete from outbox where false');
    const claims = await Claims.join(client);
    const openProducer = (bucket: number) => producers.open({ fencingId: `${fencingId}.${bucket}` });
    const shipper = new Shipper({ client, openProducer, sent: this.#sent, logger, lifeSignMs: stuckMs / 3 });
    let wait = poll.min;
    let checkedAt = -Infinity;
    // Joining also tells of the rows that were written here before there was a connection to tell of them.
    const peers = await Peers.listen(client, ({ joined }) => {
      if (joined) checkedAt = -Infinity;
      this.#wakeUp.wake();
    });
    this.#notifyPeers = () => claims.owned.length < BUCKETS && peers.notify();
    while (!signal.aborted) {
      if (performance.now() - checkedAt >= wait) {
        await claims.evictStuck(stuckMs);
        await claims.rebalance();
        shipper.keepOnly(claims.owned);
        if (claims.isShared) wait = Math.min(wait, poll.shared);
        checkedAt = performance.now();
      }
      const { isMore, failure } = await shipper.ship(claims.owned, batchSize);
      if (failure !== undefined) {
        // Whoever fenced us owns the bucket, so our claims are worth nothing: begin anew with a new connection.
        if (failure instanceof ProducerFenced) throw failure;
        await client.query('select 1');
        await pause.after(failure);
        continue;
      }
      pause.reset();
      if (isMore) {
        // Those who have joined meanwhile get their share of it.
        wait = poll.min;
        continue;
      }
      const woken = await this.#wakeUp.wait(wait, signal);
      if (!woken) wait = Math.min(wait * 2, claims.isShared ? poll.shared : poll.max);
    }
  }
}

/** Waits longer after each failure in a row, and says so. */
class Pause {
  #ms = retryDelay.min;
  readonly #signal: AbortSignal;
  readonly #logger: Logger;

  constructor(signal: AbortSignal, logger: Logger) {
    this.#signal = signal;
    this.#logger = logger;
  }

  reset(): void {
    this.#ms = retryDelay.min;
  }

  async after(error: unknown): Promise<void> {
    if (this.#signal.aborted) return;
    this.#logger.warn({ err: error, retryInMs: this.#ms }, 'the outbox relay has to wait; events are kept');
    await delay(this.#ms, undefined, { signal: this.#signal }).catch(() => {});
    this.#ms = Math.min(this.#ms * 2, retryDelay.max);
  }
}
