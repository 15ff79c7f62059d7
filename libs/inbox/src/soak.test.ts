/** What would go wrong: what was sent and handled stays behind, and the tables grow with every event. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, type TestService } from './inbox.fixture.ts';
import { removeHandled } from './ledger/retention.ts';

const rounds = 6;
const events = 800;
const keys = 50;
const tables = ['outbox', 'outbox_sequence', 'inbox', 'inbox_parked', 'inbox_sequence'];

let it: TestService;
beforeEach(async () => {
  it = await testService({ partitions: 2 });
});
afterEach(() => it.stop());

const rowsOf = async (table: string) =>
  Number((await it.database.pool.query(`select count(*) from ${table}`)).rows[0].count);

async function sizes(): Promise<Record<string, number>> {
  const { rows } = await it.database.pool.query(
    'select name, pg_total_relation_size(name::regclass)::int as bytes from unnest($1::text[]) name',
    [tables],
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]));
}

/** Publishes, handles and forgets; every event leads to one more. One in a hundred fails at first and is parked. */
async function round(number: number) {
  for (let from = 0; from < events; from += 100) {
    const some = Array.from({ length: 100 }, (_, n) => it.Happened({ key: `key ${n % keys}`, n: from + n }));
    await it.publish(...some);
  }
  await waitUntil(
    `round ${number} is handled and sent`,
    async () =>
      (await rowsOf('inbox')) === events && (await rowsOf('outbox')) + (await rowsOf('inbox_parked')) === 0,
    { timeoutMs: 60_000 },
  );
  expect(await removeHandled(it.database.db, { keep: 0, batchSize: 500 })).toBe(events);
  // As the server does by itself from so many rows on, see the tables' settings; here it would take it a minute.
  for (const table of tables) await it.database.pool.query(`vacuum ${table}`);
}

test('after many rounds of publishing, parking and handling the tables are as small as after the first', async () => {
  await it.start({
    retry: { inPlace: 1 },
    handle: async ({ key, n }, { attempt }) => {
      if (n % 100 === 0 && attempt === 1) throw new Error('not at the first try');
      return it.Followed({ key, n });
    },
  });
  await round(1);
  await round(2);
  const early = await sizes();
  for (let number = 3; number <= rounds; number++) await round(number);
  const late = await sizes();
  for (const table of tables)
    expect({ table, grown: late[table]! > early[table]! * 1.5 }).toEqual({ table, grown: false });
}, 180_000);
