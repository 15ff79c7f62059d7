/** What would go wrong: each event that is parked has all that are parked read, and a handler that always fails stops the service. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, type TestService } from '../inbox.fixture.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

/** How many parked events Postgres has read, one after the other or in an index. */
async function read(): Promise<number> {
  const { rows } = await it.database.pool.query(`
    select (seq_tup_read + (
      select sum(idx_tup_read) from pg_stat_user_indexes as i where i.relid = t.relid
    ))::int as n
    from pg_stat_user_tables as t where relname = 'inbox_parked'`);
  return rows[0].n;
}

test('to park an event and to try it again, the others that are parked are not read', async () => {
  const others = 3_000;
  await it.database.pool.query(`
    insert into inbox_parked (handler, event_id, key, topic, partition, kafka_offset, headers, state)
    select 'test.handler', n, 'old', 'old', 0, n, '{}', case n when 1 then 'dead' else 'waiting' end
    from generate_series(1, ${others}) as n`);
  await it.database.pool.query('vacuum analyze inbox_parked');
  const tried = new Map<number, number>();
  await it.start({
    retry: { inPlace: 1, attempts: 3, delay: 1 },
    handle: async ({ n }, { attempt }) => {
      tried.set(n, attempt);
      throw new Error('it never works');
    },
  });
  const park = async (n: number) => {
    await it.publish(it.Happened({ key: `key ${n}`, n }));
    await waitUntil('it has been tried again', () => tried.get(n) === 3);
  };
  await park(0);
  const before = await waitUntil('what the start reads is counted', async () => {
    const n = await read();
    return n >= others ? n : undefined;
  });
  for (let n = 1; n <= 20; n++) await park(n);
  // The backends count later than they read.
  const after = await waitUntil('it is counted', async () => {
    const n = await read();
    return n > before + 40 ? n : undefined;
  });
  expect(after - before).toBeLessThan(others);
});
