/**
 * What would go wrong: an effect that can't be undone, such as a mail, is made, and then the event that announces it can't
 * be published, now or ever.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployEvents, SchemaRegistry } from '@everyhop/kafka';
import { engines, testDatabase, testEvent, type TestDatabase } from '@everyhop/testing';
import { EventTooLarge, NotAnEvent } from './errors.ts';
import { outboxMigrations } from './index.ts';
import { Outbox } from './outbox.ts';

const Happened = testEvent();
const registry = new SchemaRegistry({ url: engines.registryUrl });
let database: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  await deployEvents({ brokers: engines.brokers, registry, events: [Happened], partitions: 1 });
  database = await testDatabase({ migrations: [outboxMigrations] });
  outbox = new Outbox({ db: database.db, registry, source: 'test' });
});
afterAll(() => database.drop());

test('what can be published passes the check, and is not published by it', async () => {
  await outbox.check(Happened({ key: 'a', n: 1 }));
  expect((await database.pool.query('select from outbox')).rowCount).toBe(0);
});

test('what can not be published does not pass the check', async () => {
  await expect(outbox.check(Happened({ key: 'x'.repeat(1_000_001), n: 1 }))).rejects.toThrow(EventTooLarge);
  await expect(outbox.check({ key: 'a' } as never)).rejects.toThrow(NotAnEvent);
  const Unknown = testEvent();
  await expect(outbox.check(Unknown({ key: 'a', n: 1 }))).rejects.toMatchObject({
    code: 'SCHEMA_NOT_REGISTERED',
  });
});
