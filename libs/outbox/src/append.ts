import { sql, type Kysely } from 'kysely';
import { bucketOf } from './bucket.ts';

/** One record on its way to Kafka, as a row of the outbox. */
export interface OutboxEntry {
  id: string;
  topic: string;
  key: string;
  type: string;
  payload: Buffer | null;
  source: string;
  time: Date;
  correlationId: string;
  causationId?: string;
  traceparent?: string;
  tracestate?: string;
  /** Exactly these headers instead of an event's envelope; see `toStoredHeaders`. */
  headers?: string;
}

/**
 * Adds `entries`, in their order, in one statement of the transaction `tx`, each with the next sequence number of
 * its key. Holds a lock on those keys until the transaction ends.
 */
export async function appendToOutbox(tx: Kysely<any>, entries: OutboxEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const column = (of: (entry: OutboxEntry) => unknown) => sql.val(entries.map((entry) => of(entry) ?? null));
  // Keys are locked in one order everywhere, so that two batches can't deadlock.
  await sql`/* prepared outbox-append */
    with entry as (
      select * from unnest(
        ${column((e) => e.id)}::uuid[], ${column((e) => e.topic)}::text[], ${column((e) => e.key)}::text[],
        ${column((e) => e.type)}::text[], ${column((e) => e.payload)}::bytea[], ${column((e) => e.source)}::text[],
        ${column((e) => e.time)}::timestamptz[], ${column((e) => e.correlationId)}::text[],
        ${column((e) => e.causationId)}::text[], ${column((e) => e.traceparent)}::text[],
        ${column((e) => e.tracestate)}::text[], ${column((e) => e.headers)}::jsonb[],
        ${column((e) => bucketOf(e.key))}::smallint[]
      ) with ordinality as e (id, topic, key, type, payload, source, time, correlationid, causationid,
                              traceparent, tracestate, headers, bucket, n)
    ), counter as (
      insert into outbox_sequence as s (topic, key, last)
      select topic, key, count(*) from entry group by topic, key order by topic, key
      on conflict (topic, key) do update set last = s.last + excluded.last
      returning topic, key, last
    )
    insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, sequence, correlationid,
                        causationid, traceparent, tracestate, headers, bucket)
    select id, topic, key, type, payload, source, time,
           last - count(*) over (partition by topic, key) + row_number() over (partition by topic, key order by n),
           correlationid, causationid, traceparent, tracestate, headers, bucket
    from entry join counter using (topic, key)
    order by n`.execute(tx);
}
