/**
 * What would go wrong: someone sets `datestyle = 'German'` for the database, each event dies as its times can't be
 * read, and the list of what died answers 500.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { Paid, Payments, startFailing } from '../admin/failing.fixture.ts';

let service: Awaited<ReturnType<typeof startFailing>>;
let database: string;
beforeAll(async () => {
  service = await startFailing();
  const { rows } = await service.pool.query('select current_database() as name');
  database = `database "${rows[0].name}"`;
});
afterEach(() => service.pool.query(`alter ${database} reset all`));
afterAll(() => service.stop());

test.each([
  ['DateStyle', 'German'],
  ['IntervalStyle', 'iso_8601'],
  ['TimeZone', 'Asia/Kolkata'],
  ['bytea_output', 'escape'],
  ['extra_float_digits', '-15'],
  ['array_nulls', 'off'],
  ['standard_conforming_strings', 'off'],
  ['default_transaction_isolation', 'serializable'],
])('with %s = %s an event is parked, listed, redriven and handled', async (setting, value) => {
  await service.pool.query(`alter ${database} set ${setting} = '${value}'`);
  await service.pool.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);
  const begin = Date.now();
  await waitUntil('it is there again', async () => (await service.get('/health/ready')).status === 200);

  Payments.broken = true;
  Payments.handled = [];
  expect((await service.pay('a', '7')).status).toBe(201);
  const [{ eventId, parkedAt, firstFailure, payload }] = await service.parked(1);
  expect(payload).toEqual({ key: 'a', amount: '7', at: '1970-01-01T00:00:00.000Z' });
  for (const at of [parkedAt, firstFailure]) {
    expect(Date.parse(at)).toBeGreaterThanOrEqual(begin - 1_000);
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now() + 1_000);
  }
  const { body } = await service.get(`/admin/trail?eventId=${eventId}`);
  expect(body.map(({ what }: { what: string }) => what)).toContain('parked');

  Payments.broken = false;
  await service.post('/admin/parked/redrive', { by: 'ada', why: 'settings', filter: { eventId } });
  await waitUntil('it is handled', () => Payments.handled.length === 1);
  // Also for who comes next: until the commit it would be handled again.
  await service.parked(0);
  expect(Payments.handled).toEqual([{ key: 'a', amount: 7n, at: new Date(0) } satisfies Paid]);
});
