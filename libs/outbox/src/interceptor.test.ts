/** What would go wrong: what has to hold for all that is published is forgotten at one place, or changes the order. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { deployEvents, SchemaRegistry } from '@everyhop/kafka';
import { poolOptions } from '@everyhop/postgres';
import { engines, testDatabase, testEvent, type TestDatabase } from '@everyhop/testing';
import { outboxMigrations } from './index.ts';
import type { PublishInterceptor } from './interceptor.ts';
import { Outbox } from './outbox.ts';

const Happened = testEvent();
const registry = new SchemaRegistry({ url: engines.registryUrl });
let database: TestDatabase;
beforeAll(async () => {
  await deployEvents({ brokers: engines.brokers, registry, events: [Happened], partitions: 1 });
  database = await testDatabase({ migrations: [outboxMigrations], pool: poolOptions });
  await database.pool.query('create table audit (n serial, key text)');
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate audit, outbox'));

const outboxWith = (...interceptors: PublishInterceptor[]) =>
  new Outbox({ db: database.db, registry, source: 'test', interceptors });
const keysIn = async (columns: string) =>
  (await database.pool.query(`select ${columns}`)).rows.map(({ key }) => key);
const audited = () => keysIn('key from audit order by n');
const published = () => keysIn('aggregateid as key from outbox order by position');

const audit: PublishInterceptor = async (input, next) => {
  for (const { key } of input.events) await input.tx.insertInto('audit').values({ key }).execute();
  await next(input);
};

test('what they write is written with the events, or not at all', async () => {
  const outbox = outboxWith(audit);
  await outbox.transaction((tx) => tx.publish(Happened({ key: 'a', n: 1 }), Happened({ key: 'b', n: 2 })));
  const failing = outbox.transaction(async (tx) => {
    await tx.publish(Happened({ key: 'c', n: 3 }));
    throw new Error('after all not');
  });
  await expect(failing).rejects.toThrow('after all not');
  expect(await audited()).toEqual(['a', 'b']);
  expect(await published()).toEqual(['a', 'b']);
});

test('the first is the outermost; what one leaves out is not published, and what one throws fails the call', async () => {
  const order: string[] = [];
  const outer: PublishInterceptor = (input, next) => {
    order.push('outer');
    if (input.events.length > 2) throw new Error('too many at once');
    return next({ ...input, events: input.events.filter(({ key }) => key !== 'secret') });
  };
  const inner: PublishInterceptor = (input, next) => {
    order.push(`inner ${input.events.length}`);
    return next(input);
  };
  const outbox = outboxWith(outer, inner);
  const some = ['a', 'secret', 'b'].map((key, n) => Happened({ key, n }));
  await outbox.transaction((tx) => tx.publish(...some.slice(0, 2)));
  expect(order).toEqual(['outer', 'inner 1']);
  await expect(outbox.transaction((tx) => tx.publish(...some))).rejects.toThrow('too many at once');
  expect(await published()).toEqual(['a']);
});

test('calls that are not awaited are published in their order, however long each takes', async () => {
  let trips = 8;
  const outbox = outboxWith(async (input, next) => {
    trips -= 2;
    for (let n = 0; n < trips; n++) await database.pool.query('select');
    await next(input);
  });
  await outbox.transaction(async (tx) => {
    for (const key of ['a', 'b', 'c', 'd']) void tx.publish(Happened({ key, n: 1 }));
  });
  expect(await published()).toEqual(['a', 'b', 'c', 'd']);
});
