import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kysely, PostgresDialect, sql, type LogEvent } from 'kysely';
import { poolOptions } from '@everyhop/postgres';
import { deployEvents, SchemaRegistry } from '@everyhop/kafka';
import { engines, testDatabase, testEvent, type Happened, type TestDatabase } from '@everyhop/testing';
import { EventTooLarge, NotAnEvent } from './errors.ts';
import { outboxMigrations } from './index.ts';
import { Outbox } from './outbox.ts';

const Happened = testEvent();
const registry = new SchemaRegistry({ url: engines.registryUrl });
let database: TestDatabase;
let outbox: Outbox;
let commits = 0;

beforeAll(async () => {
  await deployEvents({ brokers: engines.brokers, registry, events: [Happened], partitions: 1 });
  database = await testDatabase({ migrations: [outboxMigrations], pool: poolOptions });
  await database.pool.query('create table orders (id text primary key)');
  outbox = new Outbox({ db: database.db, registry, source: 'test', onCommit: () => commits++ });
});
afterAll(() => database.drop());

/** What a second connection sees. */
async function rows(key: string) {
  const found = sql<any>`select * from outbox where aggregateid = ${key} order by position`;
  return (await found.execute(database.db)).rows;
}

test('an event becomes visible together with the writes of its transaction', async () => {
  const inside = await outbox.transaction(async (tx) => {
    await tx.insertInto('orders').values({ id: 'visible' }).execute();
    await tx.publish(Happened({ key: 'visible', n: 1 }));
    return rows('visible');
  });
  expect(inside).toEqual([]);
  expect(await rows('visible')).toHaveLength(1);
});

test('a transaction that fails leaves no event and no write, and wakes no relay', async () => {
  const before = commits;
  const failing = outbox.transaction(async (tx) => {
    await tx.insertInto('orders').values({ id: 'failing' }).execute();
    await tx.publish(Happened({ key: 'failing', n: 1 }));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await rows('failing')).toEqual([]);
  const orders = await database.pool.query(`select * from orders where id = 'failing'`);
  expect(orders.rows).toEqual([]);
  expect(commits).toBe(before);
});

// A NOTIFY makes the commits of all transactions that have one take turns.
test('a transaction that publishes notifies nobody, neither by a statement nor by a trigger', async () => {
  const statements: string[] = [];
  const log = ({ query }: LogEvent) => void statements.push(query.sql);
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: database.pool }), log });
  const watched = new Outbox({ db, registry, source: 'test' });
  await watched.transaction((tx) => tx.publish(Happened({ key: 'quiet', n: 1 })));
  expect(statements.filter((statement) => /into outbox/.test(statement))).toHaveLength(1);
  expect(statements.filter((statement) => /notify/i.test(statement))).toEqual([]);
  const { rows: triggers } = await database.pool.query(
    `select tgname from pg_trigger where tgrelid in ('outbox'::regclass, 'outbox_sequence'::regclass)`,
  );
  expect(triggers).toEqual([]);
});

test('a row has the columns that Debezium’s outbox router expects, and the envelope beside them', async () => {
  const cause = Happened({ key: 'cause', n: 0 });
  const event = Happened({ key: 'columns', n: 1 });
  const metadata = { ...cause, type: 't', source: 's', sequence: 1n, correlationId: 'whole-story' };
  await outbox.transaction((tx) => tx.publish(event), { cause: metadata });
  const [row] = await rows('columns');
  expect(row).toMatchObject({
    id: event.id,
    aggregatetype: Happened.topic,
    aggregateid: 'columns',
    type: Happened.type,
    source: 'test',
    correlationid: 'whole-story',
    causationid: cause.id,
    sequence: '1',
  });
  expect(await registry.decode(Happened, row.payload)).toEqual({ key: 'columns', n: 1 });
});

test('an event that nothing caused starts a correlation of its own', async () => {
  const event = Happened({ key: 'alone', n: 1 });
  await outbox.transaction((tx) => tx.publish(event));
  expect(await rows('alone')).toMatchObject([{ correlationid: event.id, causationid: null }]);
});

test('several events of one transaction keep their order, each with the next number of its key', async () => {
  const events = ['x', 'y', 'x', 'x'].map((key, n) => Happened({ key, n }));
  await outbox.transaction((tx) => tx.publish(...events));
  await outbox.transaction((tx) => tx.publish(Happened({ key: 'x', n: 4 })));
  expect((await rows('x')).map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4']);
  expect((await rows('y')).map(({ sequence }) => sequence)).toEqual(['1']);
  expect((await rows('x')).slice(0, 3).map(({ id }) => id)).toEqual([
    events[0]!.id,
    events[2]!.id,
    events[3]!.id,
  ]);
});

test('concurrent writers of one key get gap-free numbers in the order of their positions, rollbacks included', async () => {
  const write = (n: number) =>
    outbox.transaction(async (tx) => {
      await tx.publish(Happened({ key: 'busy', n }));
      if (n % 3 === 0) throw new Error('rolled back');
    });
  await Promise.allSettled(Array.from({ length: 30 }, (_, n) => write(n)));
  const sequences = (await rows('busy')).map(({ sequence }) => Number(sequence));
  expect(sequences).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
});

test('what is no event is refused with a sentence, and nothing is written', async () => {
  const publishing = outbox.transaction((tx) => tx.publish({ key: 'a', n: 1 } as never));
  await expect(publishing).rejects.toThrow(NotAnEvent);
  await expect(publishing).rejects.toThrow(
    'expected an event such as OrderPlaced({ … }), got {"key":"a","n":1}',
  );
});

test('an event that Kafka would refuse for its size fails its author', async () => {
  const huge = Happened({ key: 'x'.repeat(1_000_001), n: 1 });
  await expect(outbox.transaction((tx) => tx.publish(huge))).rejects.toThrow(EventTooLarge);
});

test('an event whose key is longer than consumers accept fails its author', async () => {
  const publish = (key: string) => outbox.transaction((tx) => tx.publish(Happened({ key, n: 1 })));
  await publish('ä'.repeat(512));
  await expect(publish('ä'.repeat(513))).rejects.toThrow(EventTooLarge);
});
