/** What would go wrong: the inbox grows for ever, or forgets an event that can still be delivered again. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import { outboxMigrations } from '@everyhop/outbox';
import { removeHandled } from './retention.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({
    migrations: [outboxMigrations, new URL('../migrations/', import.meta.url)],
  });
});
afterAll(() => database.drop());

test('only what was handled or discarded before the retention goes, with its history, over several batches', async () => {
  await database.pool.query(`
    insert into inbox (handler, event_id, outcome, handled_at)
    select outcome, age || '-' || n, outcome, now() - make_interval(days => age)
    from unnest(array['handled', 'discarded', 'parked', 'dead']) outcome, unnest(array[1, 13, 15, 400]) age,
         generate_series(1, 10) n`);
  await database.pool.query(
    `insert into inbox_history (handler, event_id, what) select handler, event_id, 'failed' from inbox`,
  );
  expect(await removeHandled(database.db, { days: 14, batchSize: 7 })).toBe(40);
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
