/** What would go wrong: an auditor finds a number missing, given twice, or dated before the number before it. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import type { BillingDatabase } from './database.ts';
import { takeInvoiceNumber } from './invoice-number.ts';

let database: TestDatabase<BillingDatabase>;
beforeAll(async () => {
  database = await testDatabase({ migrations: [new URL('../../migrations/', import.meta.url)] });
});
afterAll(() => database.drop());
beforeEach(() => database.db.deleteFrom('invoice_numbers').execute());

const noon = new Date('2026-06-01T12:00:00Z');

function take(now = noon, outcome: 'commits' | 'rolls back' = 'commits') {
  return database.db.transaction().execute(async (tx) => {
    const taken = await takeInvoiceNumber(tx, now);
    if (outcome === 'rolls back') throw new Error(`rolled back ${taken.number}`);
    return taken;
  });
}

test('numbers of concurrent transactions have no gap and no duplicate, though every third rolls back', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 60 }, (_, index) => take(noon, index % 3 === 0 ? 'rolls back' : 'commits')),
  );
  const numbers = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value.number] : [],
  );
  const expected = Array.from({ length: 40 }, (_, index) => `2026-${String(index + 1).padStart(6, '0')}`);
  expect(numbers.sort()).toEqual(expected);
});

test('the number of a rolled-back transaction goes to the next one', async () => {
  await take();
  await expect(take(noon, 'rolls back')).rejects.toThrow('rolled back 2026-000002');
  expect((await take()).number).toBe('2026-000002');
});

test('each year starts anew, by UTC', async () => {
  await take(new Date('2026-12-31T23:59:59.999Z'));
  expect((await take(new Date('2027-01-01T00:00:00.000Z'))).number).toBe('2027-000001');
  expect((await take(new Date('2026-12-31T23:59:59.999Z'))).number).toBe('2026-000002');
});

test('a later number is never dated earlier, even when a clock is behind', async () => {
  expect((await take()).issuedAt).toEqual(noon);
  expect((await take(new Date('2026-06-01T11:59:00Z'))).issuedAt).toEqual(noon);
});

test('a number is longer after 999999, not wrong', async () => {
  await database.db
    .insertInto('invoice_numbers')
    .values({ year: 2026, last: 999_999, last_issued_at: noon })
    .execute();
  expect((await take()).number).toBe('2026-1000000');
});
