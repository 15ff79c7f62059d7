/**
 * What would go wrong: a client whose first answer was lost asks again, with the same Idempotency-Key, and is told that
 * its request is wrong, since the world has changed in between, or gets a second order, since a proxy writes the key
 * with quotes.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { sql } from 'kysely';
import { orderOfTwoMugs, type Shop, startShop } from './shop.fixture.ts';

let shop: Shop;
beforeAll(async () => void (shop = await startShop()));
afterAll(() => shop.stop());

const place = (order: unknown, key: string) => shop.post('/orders', order, { 'idempotency-key': key });

const register = (email: string, key?: string) =>
  shop.post('/users', { name: 'Ada', email }, key === undefined ? {} : { 'idempotency-key': key });

async function offer(sku: string): Promise<typeof orderOfTwoMugs> {
  await shop.db.insertInto('products').values({ sku, name: sku, unit_price: 100n }).execute();
  return { ...orderOfTwoMugs, lines: [{ sku, quantity: 1 }] };
}

test('a retry gets its order also when the product has left the catalogue since', async () => {
  const key = randomUUID();
  const order = await offer('GONE');
  const first = await place(order, key);
  await shop.db.deleteFrom('products').where('sku', '=', 'GONE').execute();
  const again = await place(order, key);
  expect(again.status).toBe(201);
  expect(again.body).toEqual(first.body);
  expect((await place(order, randomUUID())).status).toBe(422);
});

test('a retry gets its order also when its user has gone since', async () => {
  const key = randomUUID();
  const { userId: customerId } = (await register('gone@example.org')).body;
  const order = { ...orderOfTwoMugs, customer: { customerId, name: 'Ada', email: 'gone@example.org' } };
  const first = await place(order, key);
  await shop.db.deleteFrom('users').where('id', '=', customerId).execute();
  expect((await place(order, key)).body).toEqual(first.body);
});

test('a retry waits for the first request that is being served, and gets its order', async () => {
  const key = randomUUID();
  const order = await offer('LEAVING');
  const waiting = (count: number) =>
    waitUntil(`${count} wait for a lock`, async () => {
      const { rows } = await sql<{ pid: number }>`
        select distinct pid from pg_locks where not granted and pid in
          (select pid from pg_stat_activity where datname = current_database())`.execute(shop.db);
      return rows.length === count;
    });
  const holding = await shop.db.startTransaction().execute();
  await sql`lock table outbox in share row exclusive mode`.execute(holding);
  const first = place(order, key);
  await waiting(1);
  await shop.db.deleteFrom('products').where('sku', '=', 'LEAVING').execute();
  const again = place(order, key);
  await waiting(2);
  await holding.commit().execute();
  expect((await first).status).toBe(201);
  expect((await again).body).toEqual((await first).body);
});

test('a key with the quotes of a structured field is the key without', async () => {
  const key = randomUUID();
  const first = await place(orderOfTwoMugs, key);
  const quoted = await place(orderOfTwoMugs, `"${key}"`);
  expect(quoted.status).toBe(201);
  expect(quoted.body).toEqual(first.body);
  const escaped = await place(orderOfTwoMugs, String.raw`"a \"b\" \\"`);
  expect(escaped.status).toBe(201);
  expect((await place(orderOfTwoMugs, String.raw`"a \"b\" \\"`)).body).toEqual(escaped.body);
});

test.each([
  '',
  '""',
  '"',
  '"half',
  'half"',
  'in"side',
  'two words',
  '"a";p=1',
  '"a", "b"',
  '"\\n"',
  'ü',
  'x'.repeat(256),
])('a malformed key is refused and named: %j', async (key) => {
  for (const answer of [await place(orderOfTwoMugs, key), await register('key@example.org', key)]) {
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ header: 'Idempotency-Key' }] });
  }
});

test('a key is for one request: another body is refused', async () => {
  const key = randomUUID();
  await place(orderOfTwoMugs, key);
  const other = await place({ ...orderOfTwoMugs, lines: [{ sku: 'HOP-MUG', quantity: 9 }] }, `"${key}"`);
  expect(other.status).toBe(422);
  expect(other.body).toMatchObject({ errors: [{ header: 'Idempotency-Key' }] });
});

test('a registration that is sent again with its key gets its user, and is published once', async () => {
  const key = randomUUID();
  const before = (await shop.published()).length;
  const answers = await Promise.all([1, 2, 3].map(() => register('twice@example.org', key)));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(new Set(answers.map(({ body }) => body.userId)).size).toBe(1);
  expect((await shop.published()).length).toBe(before + 1);
  expect((await register('other@example.org', key)).status).toBe(422);
  expect((await register('twice@example.org')).status).toBe(409);
});
