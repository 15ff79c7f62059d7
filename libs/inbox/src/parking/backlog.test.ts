/**
 * What would go wrong: when most is waiting, to count it takes longer than a metric is waited for. The gauges vanish,
 * and the alert that something is stuck ends while it is; the list of what is parked is of no use, too.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { metrics, type Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { engines, testDatabase, testEvent, waitUntil, type TestDatabase } from '@everyhop/testing';
import { defaultPolicy, defaultRetry } from '../handler/handler.ts';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
const { Inbox, inboxMigrations, observeInbox } = await import('../index.ts');
const { listParked } = await import('../admin.ts');
const { observeOutbox, outboxMigrations } = await import('@everyhop/outbox');
const { SchemaRegistry } = await import('@everyhop/kafka');

const many = 300_000;
const few = 7;
let database: TestDatabase;
const stop: (() => void)[] = [];
beforeAll(async () => {
  database = await testDatabase({ migrations: [outboxMigrations, inboxMigrations] });
  const inbox = new Inbox({
    service: 'test',
    db: database.db,
    registry: new SchemaRegistry({ url: engines.registryUrl }),
    kafka: { brokers: engines.brokers },
    handlers: [
      { ...defaultPolicy, id: 'test.idle', event: testEvent(), retry: defaultRetry, handle: async () => {} },
    ],
  });
  stop.push(observeOutbox(database.db), observeInbox(inbox, database.db));
}, 60_000);
afterAll(async () => {
  for (const end of stop) end();
  await database.drop();
});

/** Adds rows to the outbox that have waited for so long. */
const enqueue = (rows: number, minutes: number, refused: string | null = null) =>
  database.pool.query(
    `insert into outbox (bucket, id, aggregatetype, aggregateid, type, payload, source, time, sequence, correlationid, refused)
     select n % 8, gen_random_uuid(), 'shop.orders', 'order-' || n, 'shop.OrderPlaced', decode(repeat('ab', 50), 'hex'), 'shop',
            now() - make_interval(mins => $2), 1, 'c', $3 from generate_series(1, $1::int) as n`,
    [rows, minutes, refused],
  );

const parkSome = (handler: string, state: string, rows: number) =>
  database.pool.query(
    `insert into inbox_parked (handler, event_id, key, topic, partition, kafka_offset, headers, payload, state)
     select $1, $2 || n, 'key' || n, 'topic', 0, n, '{}', decode(repeat('ab', 50), 'hex'), $2 from generate_series(1, $3::int) as n`,
    [handler, state, rows],
  );

/** How many rows of `table` Postgres has read. */
async function rowsRead(table: string): Promise<number> {
  const { rows } = await database.pool.query(
    `select (seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes as i where i.relid = t.relid))::int as read
     from pg_stat_user_tables as t where relname = $1`,
    [table],
  );
  return rows[0].read;
}

async function collect(): Promise<Record<string, { value: number; attributes: Attributes }[]>> {
  exporter.reset();
  await reader.forceFlush();
  const all = exporter
    .getMetrics()
    .flatMap((resource) => resource.scopeMetrics.flatMap((scope) => scope.metrics));
  return Object.fromEntries(all.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints])) as any;
}

/** Collects metrics, and says how many rows of `table` that has read, at the least `least`. */
async function readToCollect(table: string, least: number) {
  const before = await rowsRead(table);
  const collected = await collect();
  const read = await waitUntil('it is counted', async () => {
    const now = (await rowsRead(table)) - before;
    return now >= least && now;
  });
  return { collected, read };
}

const isAbout = (value: number) => value > many * 0.8 && value < many * 1.2;

test('of a large outbox the oldest and the refused are known exactly, the size about, and little of it is read', async () => {
  await enqueue(1, 90);
  await enqueue(few, 60, 'too large');
  await enqueue(many, 60);
  const { collected, read } = await readToCollect('outbox', 10_000);
  const of = (name: string) => collected[`everyhop.outbox.${name}`]?.[0]?.value;
  expect(of('oldest_age')).toBeGreaterThanOrEqual(90 * 60);
  expect(of('refused')).toBe(few);
  expect(isAbout(of('pending')!)).toBe(true);
  expect(read).toBeLessThan(many / 3);
}, 120_000);

test('what is counted of an outbox is exact again when little is left, whatever lies before it on disk', async () => {
  await database.pool.query('delete from outbox');
  await enqueue(few, 1);
  const collected = await waitUntil('the gauges are there', async () => {
    const now = await collect();
    return now['everyhop.outbox.pending'] && now;
  });
  expect(collected['everyhop.outbox.pending']![0]!.value).toBe(few);
  expect(collected['everyhop.outbox.refused']![0]!.value).toBe(0);
  expect(collected['everyhop.outbox.oldest_age']![0]!.value).toBeLessThan(90 * 60);
}, 60_000);

test('of a large parking lot few dead events are counted exactly, all others about, and little of it is read', async () => {
  await parkSome('test.busy', 'waiting', many);
  await parkSome('test.busy', 'dead', few);
  await parkSome('test.other', 'dead', few + 1);
  const { collected, read } = await readToCollect('inbox_parked', 10_000);
  const parked = collected['everyhop.inbox.parked']!;
  const of = (handler: string, state: string) =>
    parked.find(({ attributes }) => attributes['handler'] === handler && attributes['state'] === state)
      ?.value;
  expect(of('test.busy', 'dead')).toBe(few);
  expect(of('test.other', 'dead')).toBe(few + 1);
  expect(of('test.idle', 'waiting')).toBe(0);
  expect(isAbout(of('test.busy', 'waiting')!)).toBe(true);
  expect(read).toBeLessThan(many / 3);
}, 120_000);

test.each([{}, { state: 'dead' as const }, { handler: 'test.other' }, { key: 'key3' }, { eventId: 'dead3' }])(
  'the first of many parked events that fit %j are listed without reading the others',
  async (filter) => {
    await database.pool.query('vacuum analyze inbox_parked');
    const before = await rowsRead('inbox_parked');
    const listed = await listParked(database.db, filter, 5);
    expect(listed.length).toBeGreaterThan(0);
    for (const event of listed) expect(event).toMatchObject(filter);
    const read = await waitUntil('it is counted', async () => {
      const now = (await rowsRead('inbox_parked')) - before;
      return now > 0 && now;
    });
    // What the test before has read may be counted late.
    expect(read).toBeLessThan(many / 3);
  },
  60_000,
);
