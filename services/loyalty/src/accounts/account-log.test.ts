/** What would go wrong: two changes at the same time, of which one is lost; a snapshot that is not what it stands for. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import type { AccountEvent } from './account.ts';
import { append, change, load, snapshotEvery } from './account-log.ts';
import type { LoyaltyDatabase } from './database.ts';

let database: TestDatabase<LoyaltyDatabase>;
beforeAll(async () => {
  database = await testDatabase({ migrations: [new URL('../../migrations/', import.meta.url)] });
});
afterAll(() => database.drop());

const earned: AccountEvent = { kind: 'Earned', points: 10, orderId: 'an order' };
const earn = (customerId: string, cause: string = randomUUID()) =>
  database.db.transaction().execute((tx) => change(tx, customerId, cause, earned));

test('what is appended behind a version that is no more the last is not written', async () => {
  const customerId = randomUUID();
  const appendTo = (expected: number) =>
    database.db
      .transaction()
      .execute((tx) => append(tx, customerId, expected, { cause: randomUUID(), event: earned }));
  expect(await appendTo(0)).toBe(true);
  expect(await appendTo(0)).toBe(false);
  expect(await appendTo(1)).toBe(true);
  expect((await load(database.db, customerId)).version).toBe(2);
});

test('of changes at the same time none is lost: the slower one is decided again', async () => {
  const customerId = randomUUID();
  const [written, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const faster = database.db.transaction().execute(async (tx) => {
    await change(tx, customerId, randomUUID(), earned);
    written.resolve();
    await mayCommit.promise;
  });
  await written.promise;
  const slower = earn(customerId);
  await waitUntil('it waits for the place that is taken', async () => {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    return (await database.pool.query(waiting)).rowCount === 1;
  });
  mayCommit.resolve();
  await faster;
  expect(await slower).toMatchObject({ version: 2, account: { balance: 20, orders: 2 } });
  expect((await load(database.db, customerId)).account.balance).toBe(20);
});

test('one cause changes an account once', async () => {
  const [customerId, cause] = [randomUUID(), randomUUID()];
  expect(await earn(customerId, cause)).toMatchObject({ version: 1 });
  expect(await earn(customerId, cause)).toBeUndefined();
  expect((await load(database.db, customerId)).version).toBe(1);
});

test('an account read from its snapshot is the one read from its events', async () => {
  const customerId = randomUUID();
  for (let n = 0; n < snapshotEvery + 3; n++) await earn(customerId);
  const snapshots = () =>
    database.db.selectFrom('account_snapshot').select('version').where('customer_id', '=', customerId);
  expect(await snapshots().execute()).toEqual([{ version: snapshotEvery }]);
  const fromSnapshot = await load(database.db, customerId);
  expect(fromSnapshot).toMatchObject({ version: snapshotEvery + 3, account: { orders: snapshotEvery + 3 } });
  await database.db.deleteFrom('account_snapshot').execute();
  expect(await load(database.db, customerId)).toEqual(fromSnapshot);
});
