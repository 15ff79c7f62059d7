/** What would go wrong: a relay that was stopped is started again, and silently does nothing; a test can't tell when it is through. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployEvents, Producers, SchemaRegistry } from '@everyhop/kafka';
import { poolOptions } from '@everyhop/postgres';
import { engines, testDatabase, testEvent, type TestDatabase } from '@everyhop/testing';
import { outboxMigrations } from './index.ts';
import { Outbox } from './outbox.ts';
import { Relay } from './relay.ts';

const { brokers } = engines;
const Happened = testEvent();
const registry = new SchemaRegistry({ url: engines.registryUrl });
let database: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  await deployEvents({ brokers, registry, events: [Happened], partitions: 1 });
  database = await testDatabase({ migrations: [outboxMigrations], pool: poolOptions });
  outbox = new Outbox({ db: database.db, registry, source: 'test' });
});
afterAll(() => database.drop());

const publish = (...numbers: number[]) =>
  outbox.transaction((tx) => tx.publish(...numbers.map((n) => Happened({ key: `key ${n}`, n }))));
const waiting = async () => (await database.pool.query('select from outbox')).rowCount;

test('it is idle when all that was there has left, and an option that is undefined is the default', async () => {
  await using producers = new Producers({ brokers });
  const fencingId = `${Happened.topic}.outbox`;
  const undefinedOptions = {
    batchSize: undefined,
    poll: undefined,
    stuckAfter: undefined,
    logger: undefined,
  };
  await using relay = new Relay({
    ...{ connectionString: database.url, producers, fencingId },
    ...undefinedOptions,
  });
  await publish(1, 2, 3);
  relay.start();
  await relay.whenIdle();
  expect(await waiting()).toBe(0);
  await publish(4);
  relay.wake();
  await relay.whenIdle();
  expect(await waiting()).toBe(0);
});

test('what waits behind a refused event does not keep it from being idle', async () => {
  await publish(5);
  await database.pool.query(`update outbox set refused = 'too large'`);
  await publish(5);
  await using producers = new Producers({ brokers });
  await using relay = new Relay({ connectionString: database.url, producers, fencingId: 'any' });
  await relay.whenIdle();
  expect(await waiting()).toBe(2);
  await database.pool.query('truncate outbox');
});

test('one that was stopped says that it can not be started again', async () => {
  await using producers = new Producers({ brokers });
  const relay = new Relay({ connectionString: database.url, producers, fencingId: 'any' });
  relay.start();
  await relay.stop();
  expect(() => relay.start()).toThrow('this relay was stopped for good: make a new one');
});
