/**
 * What would go wrong: a pool keeps a connection that answers and is of no use, as one that can only read since its
 * server was taken over from, or whose session somebody has changed, and hands it out again and again.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import { sql } from 'kysely';
import { poolOptions } from './pool-options.ts';

let database: TestDatabase;
beforeEach(async () => (database = await testDatabase({ pool: { ...poolOptions, max: 1 } })));
afterEach(() => database.drop());

/** Has one who borrows the only connection run `statements`, whatever comes of them. */
async function borrow(...statements: string[]) {
  await database.db.connection().execute(async (connection) => {
    for (const statement of statements)
      await sql
        .raw(statement)
        .execute(connection)
        .catch(() => {});
  });
}
const session = async () => (await database.pool.query('select pg_backend_pid() as pid')).rows[0].pid;

test.each([
  ['can only read', `set default_transaction_read_only = on`],
  ['can only read from the next transaction on', `set session characteristics as transaction read only`],
  ['writes its times as nobody expects them', `set datestyle = 'German'`],
  ['has other days', `set timezone = 'Asia/Kolkata'`],
  ['looks elsewhere', `set search_path = 'elsewhere'`],
  ['is still inside a transaction', 'begin'],
  ['is inside a transaction that failed', 'begin', 'select 1 / 0'],
])('a connection that %s is not taken back', async (_, ...statements) => {
  const before = await session();
  await borrow(...statements);
  expect(await session()).not.toBe(before);
  expect((await database.pool.query(`select '2026-05-04T03:02:01Z'::timestamptz as at`)).rows).toEqual([
    { at: new Date('2026-05-04T03:02:01Z') },
  ]);
  await database.pool.query('create table written (n int)');
});

test('one that was refused a write since it can only read is not taken back', async () => {
  const before = await session();
  await borrow('begin transaction read only', 'create table written (n int)', 'rollback');
  expect(await session()).not.toBe(before);
});

test('one that has lost what it had prepared is not taken back', async () => {
  const prepared = () => sql`/* prepared one */ select 1 as one`.execute(database.db);
  await prepared();
  await borrow('deallocate all');
  await expect(prepared()).rejects.toMatchObject({ code: '26000' });
  expect((await prepared()).rows).toEqual([{ one: 1 }]);
});

test('one whose prepared statement has another result by now, as after a migration, is not taken back', async () => {
  const prepared = () => sql`/* prepared all */ select * from things`.execute(database.db);
  await database.pool.query('create table things (id int)');
  await prepared();
  await database.pool.query('alter table things add column name text');
  await expect(prepared()).rejects.toMatchObject({ code: '0A000' });
  expect((await prepared()).rows).toEqual([]);
});

test('one that failed in what can be tried again, or has named itself, is kept', async () => {
  const before = await session();
  await borrow('select 1 / 0', `set application_name = 'report'`, 'begin', 'select 1 / 0', 'rollback');
  await borrow('begin', 'set local timezone = 5', 'commit');
  expect(await session()).toBe(before);
});
