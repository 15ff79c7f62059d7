import { type OutgoingRecord, type Producer } from '@everyhop/kafka';
import { PartlyWritten, RecordRefused, TopicUnavailable } from '@everyhop/kafka/internal';
import { failSpan, type Logger } from '@everyhop/telemetry';
import type pg from 'pg';
import { measureSend } from './metrics.ts';
import { describeSending, startSendSpan, toRecord } from './record.ts';
import type { OutboxRow } from './row.ts';

/** Opens the producer of a bucket; each time with a new epoch, which shuts out those before. */
type OpenProducer = (bucket: number) => Promise<Producer>;

/** A row that the broker will never accept. */
interface RefusedRow {
  position: string;
  reason: string;
}

/**
 * The id of each row, by its position, that the broker has acknowledged and that may still be in the outbox. It outlives
 * the connection, so that a relay sends none of them again, whatever kept it from removing them.
 */
export type Sent = Map<string, { bucket: number; id: string }>;

/** What became of those rows of one bucket that could not be sent. */
interface Shipment {
  refused: RefusedRow[];
  error?: unknown;
}

const topicRetryMs = 5_000;
// Kafka forgets a fencing id that was not opened for `transactional.id.expiration.ms`, 7 days by default; whoever opens
// it after that does not shut out those before.
const reopenMs = 86_400_000;
// Kafka's default limit of a record batch is 1,048,588 bytes.
const batchBytes = 900_000;

/** What a `Shipper` needs. */
interface ShipperOptions {
  /** The connection that holds the claims to the buckets. */
  client: pg.Client;
  openProducer: OpenProducer;
  sent: Sent;
  logger: Logger;
  /** How often `client` is used at least, in ms, so that nobody takes a relay that waits for the broker for a frozen one. */
  lifeSignMs: number;
}

/** Sends the rows of the buckets that a relay owns; keeps a producer for each. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #producers = new Map<number, { producer: Producer; openedAt: number }>();
  /** Topics that could not be written to, and when to try again: their rows wait, those of others don't. */
  readonly #unavailable = new Map<string, number>();
  /** The last check that the buckets are still held. */
  #claimed: Promise<unknown> = Promise.resolve();

  constructor(options: ShipperOptions) {
    this.#options = options;
  }

  /** Forgets the producers of all buckets but `owned`. */
  keepOnly(owned: readonly number[]): void {
    for (const bucket of this.#producers.keys()) if (!owned.includes(bucket)) this.#producers.delete(bucket);
  }

  /**
   * Sends the next rows of each bucket, at most `limit` of each and no more than fit into one record batch, in the
   * order of their positions, and removes those that the broker has acknowledged. Returns whether there may be more, and
   * why the rest could not be sent: it stays and is sent again. So a consumer may see an event twice, but never misses
   * one, and never sees one before its predecessor of the same key. Rejects when Postgres fails: then the connection is
   * of no more use.
   */
  async ship(buckets: readonly number[], limit: number): Promise<{ isMore: boolean; failure?: unknown }> {
    // Before anything else is sent, should an earlier try have failed.
    await this.#removeSent();
    if (buckets.length === 0) return { isMore: false };
    const { client } = this.#options;
    const values = [buckets, limit, this.#unavailableTopics(), batchBytes];
    const query = { name: 'outbox-next', text: selectNext, values };
    const { rows } = await client.query<OutboxRow & { found: number }>(query);
    if (rows.length === 0) return { isMore: false };
    const ofBuckets = [...Map.groupBy(rows, ({ bucket }) => bucket)];
    const shipping = Promise.all(ofBuckets.map(([bucket, its]) => this.#shipBucket(bucket, its)));
    const shipments = await this.#showingLife(shipping);
    await this.#removeSent();
    for (const { position, reason } of shipments.flatMap(({ refused }) => refused))
      await client.query(setAside, [buckets, position, reason]);
    const failure = shipments.find(({ error }) => error !== undefined)?.error;
    if (failure !== undefined) return { isMore: true, failure };
    return { isMore: ofBuckets.some(([, its]) => its[0]!.found === limit || its.length < its[0]!.found) };
  }

  // By their ids, too: a database that was restored may give a position again.
  async #removeSent(): Promise<void> {
    const { client, sent } = this.#options;
    if (sent.size === 0) return;
    const rows = [...sent.values()];
    const buckets = [...new Set(rows.map(({ bucket }) => bucket))];
    const values = [buckets, [...sent.keys()], rows.map(({ id }) => id)];
    await client.query({ name: 'outbox-remove', text: remove, values });
    sent.clear();
  }

  async #shipBucket(bucket: number, rows: OutboxRow[]): Promise<Shipment> {
    const { rest, error } = await this.#send(bucket, rows);
    if (error instanceof RecordRefused) return this.#shipOneByOne(bucket, rest);
    if (error instanceof TopicUnavailable) return this.#shipWithout(error, bucket, rest);
    return { refused: [], error };
  }

  async #shipWithout(unavailable: TopicUnavailable, bucket: number, rows: OutboxRow[]): Promise<Shipment> {
    const { topic } = unavailable;
    if (!this.#unavailable.has(topic))
      this.#options.logger.warn({ err: unavailable, topic }, 'the events of a topic have to wait');
    this.#unavailable.set(topic, performance.now() + topicRetryMs);
    const others = rows.filter(({ aggregatetype }) => aggregatetype !== topic);
    return others.length > 0 ? this.#shipBucket(bucket, others) : { refused: [] };
  }

  #unavailableTopics(): string[] {
    const now = performance.now();
    return [...this.#unavailable].filter(([, retryAt]) => retryAt > now).map(([topic]) => topic);
  }

  /** Finds the rows that are refused; what follows one of the same key is left where it is. */
  async #shipOneByOne(bucket: number, rows: OutboxRow[]): Promise<Shipment> {
    const refused: RefusedRow[] = [];
    const blocked = new Set<string>();
    for (const row of rows) {
      const key = `${row.aggregatetype} ${row.aggregateid}`;
      if (blocked.has(key)) continue;
      const { error } = await this.#send(bucket, [row]);
      if (error === undefined) continue;
      if (!(error instanceof RecordRefused)) return { refused, error };
      refused.push({ position: row.position, reason: error.message });
      blocked.add(key);
    }
    return { refused };
  }

  /** Sends `rows` and notes those that were sent; never rejects. Returns the rest, and why they were not. */
  async #send(bucket: number, rows: OutboxRow[]): Promise<{ rest: OutboxRow[]; error?: unknown }> {
    const spans = rows.map(startSendSpan);
    const startedAt = performance.now();
    let records: OutgoingRecord[] = [];
    try {
      records = rows.map((row, index) => toRecord(row, spans[index]!));
      const producer = await this.#producerOf(bucket);
      await producer.send(records);
      this.#noteSent(rows, startedAt);
      return { rest: [] };
    } catch (reason) {
      // It is of no more use: which of its sequence numbers the broker has seen is unknown.
      this.#producers.delete(bucket);
      const { written, cause: error } =
        reason instanceof PartlyWritten ? reason : { written: new Set<OutgoingRecord>(), cause: reason };
      const isSent = (index: number) => written.has(records[index]!);
      const rest = rows.filter((_, index) => !isSent(index));
      this.#noteSent(
        rows.filter((_, index) => isSent(index)),
        startedAt,
      );
      measureSend(rest, startedAt, error);
      for (const [index, span] of spans.entries()) if (!isSent(index)) failSpan(span, error);
      return { rest, error };
    } finally {
      for (const [index, record] of records.entries()) describeSending(spans[index]!, record);
      for (const span of spans) span.end();
    }
  }

  #noteSent(rows: OutboxRow[], startedAt: number): void {
    for (const { bucket, position, id, aggregatetype } of rows) {
      this.#options.sent.set(position, { bucket, id });
      this.#unavailable.delete(aggregatetype);
    }
    if (rows.length > 0) measureSend(rows, startedAt);
  }

  async #producerOf(bucket: number): Promise<Producer> {
    const known = this.#producers.get(bucket);
    if (known && performance.now() - known.openedAt < reopenMs) return known.producer;
    const openedAt = performance.now();
    const producer = await this.#options.openProducer(bucket);
    // Whoever took the bucket while this one was opened has ended the connection that held it: then this fails.
    await this.#confirmClaims();
    this.#producers.set(bucket, { producer, openedAt });
    return producer;
  }

  async #showingLife<R>(work: Promise<R>): Promise<R> {
    // One at a time: where there is no answer, each waits for its time-out.
    let signing: Promise<unknown> | undefined;
    const sign = setInterval(() => {
      signing ??= this.#confirmClaims()
        .catch(() => {})
        .finally(() => (signing = undefined));
    }, this.#options.lifeSignMs);
    try {
      return await work;
    } finally {
      clearInterval(sign);
      await this.#claimed.catch(() => {});
    }
  }

  // One after the other, as a client takes one query at a time.
  #confirmClaims(): Promise<unknown> {
    return (this.#claimed = this.#claimed.catch(() => {}).then(() => this.#options.client.query('select 1')));
  }
}

// The time as milliseconds, since pg takes long to parse a timestamp. 1,000 bytes are for what else is in a record.
const selectNext = `
  select owned.bucket, position, id, aggregatetype, aggregateid, type, payload, source, sequence, correlationid,
         causationid, traceparent, tracestate, headers, (extract(epoch from time) * 1000)::float8 as time, found
  from unnest($1::smallint[]) as owned (bucket), lateral (
    select *, count(*) over ()::int as found, sum(size) over (order by position) as bytes
    from (
      select *, coalesce(octet_length(payload), 0) + coalesce(pg_column_size(headers), 0) + 1000 as size
      from outbox o
      where bucket = owned.bucket and refused is null and aggregatetype <> all ($3)
        and not exists (select from outbox r where r.refused is not null
                          and r.aggregatetype = o.aggregatetype and r.aggregateid = o.aggregateid)
      order by position limit $2
    ) waiting
  ) next
  where bytes <= $4 or bytes = size`;
const remove = `
  delete from outbox where bucket = any($1::smallint[]) and position = any($2::bigint[])
  and id = any($3::uuid[])`;
const setAside = 'update outbox set refused = $3 where bucket = any($1::smallint[]) and position = $2';
