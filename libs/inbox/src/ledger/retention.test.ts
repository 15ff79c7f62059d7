/**
 * What would go wrong: the inbox grows for ever, or forgets an event that can still be delivered again; or all of it is
 * read to find the few that are old.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { outboxMigrations } from '@everyhop/outbox';
import { removeHandled } from './retention.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase({
    migrations: [outboxMigrations, new URL('../../migrations/', import.meta.url)],
  });
});
afterEach(() => database.drop());

test('only what was handled or discarded before the retention goes, with its history, over several batches', async () => {
  await database.pool.query(`
    insert into inbox (handler, event_id, outcome, handled_at)
    select outcome, age || '-' || n, outcome, now() - make_interval(days => age)
    from unnest(array['handled', 'discarded', 'parked', 'dead']) outcome, unnest(array[1, 13, 15, 400]) age,
         generate_series(1, 10) n`);
  await database.pool.query(
    `insert into inbox_history (handler, event_id, what) select handler, event_id, 'failed' from inbox`,
  );
  expect(await removeHandled(database.db, { keep: '14d', batchSize: 7 })).toBe(40);
  const { rows } = await database.pool.query(`
    select outcome, count(*)::int as rows, max(now() - handled_at) > interval '14 days' as old
    from inbox group by outcome order by outcome`);
  expect(rows).toEqual([
    { outcome: 'dead', rows: 40, old: true },
    { outcome: 'discarded', rows: 20, old: false },
    { outcome: 'handled', rows: 20, old: false },
    { outcome: 'parked', rows: 40, old: true },
  ]);
  const history = await database.pool.query('select count(*)::int as rows from inbox_history');
  expect(history.rows).toEqual([{ rows: 120 }]);
});

test('what is old is found without reading what is not, wherever it lies', async () => {
  const { pool } = database;
  // As after months, when each page has been freed and filled again.
  await pool.query(`
    insert into inbox (handler, event_id, outcome, handled_at)
    select 'a', n, case when n % 3 = 0 then 'dead' else 'handled' end,
           now() - make_interval(days => case when n % 5000 < 3 then 15 else n % 14 end)
    from generate_series(1, 50000) n`);
  await pool.query('vacuum analyze inbox');
  const removed = await removeHandled(database.db, { keep: '14d', batchSize: 5 });
  expect(removed).toBeGreaterThan(10);
  const read = await waitUntil('it is counted', async () => {
    const { rows } = await pool.query(`
      select (seq_tup_read + idx_tup_fetch)::int as read, n_tup_del::int as removed
      from pg_stat_user_tables where relname = 'inbox'`);
    return rows[0].removed === removed && (rows[0].read as number);
  });
  expect(read).toBeLessThan(1_000);
});
