/** What would go wrong: Postgres remembers a plan from when the outbox was empty, and a backlog is read whole for each batch. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';

let it: TestOutbox;
beforeEach(async () => {
  it = await testOutbox();
});
afterEach(() => it.stop());

/** How often the outbox was read whole, and by an index, once Postgres has counted what the relay did. */
async function scans(): Promise<{ whole: number; index: number }> {
  const { rows } = await it.database.pool.query(
    `select seq_scan::int as whole, idx_scan::int as index from pg_stat_user_tables where relname = 'outbox'`,
  );
  return rows[0];
}

test('the outbox is read by its indexes, also with a plan that was made while it was empty', async () => {
  await it.database.pool.query('vacuum analyze outbox');
  const relay = it.startRelay();
  // From the sixth on the plan is the same for all.
  for (let n = 1; n <= 10; n++) {
    await it.publish(relay, 'a', n);
    await waitUntil('it has been sent', () => it.arrived.length === n);
  }
  const before = await scans();
  for (let n = 1; n <= 300; n++) await it.publish(relay, `key ${n}`, n);
  await waitUntil('the backlog has been sent', () => it.arrived.length === 310);
  const after = await waitUntil('it is counted', async () => {
    const now = await scans();
    return now.index + now.whole > before.index + before.whole + 10 ? now : undefined;
  });
  // Those of the migrations may be counted late.
  expect(after.whole - before.whole).toBeLessThan(5);
});
