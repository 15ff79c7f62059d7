/**
 * What would go wrong: a database or a role has settings of its own (`alter database logistics set datestyle =
 * 'German'`), by which timestamps can't be read, a null becomes the text NULL, or transactions end with 40001.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import { Client } from './client.ts';
import { poolOptions } from './pool-options.ts';
import { pinned } from './settings.ts';

let database: TestDatabase;
let name: string;
beforeAll(async () => {
  database = await testDatabase({ pool: poolOptions });
  name = new URL(database.url).pathname.slice(1);
});
afterEach(() => database.pool.query(`alter database ${name} reset all`));
afterAll(() => database.drop());

const alter = (setting: string, value: string) =>
  database.pool.query(`alter database ${name} set ${setting} to ${value.replaceAll(/[^,]+/g, "'$&'")}`);

/** Settings of the database that would break something, and what is to come out all the same. */
const hostile: [setting: string, value: string, statement: string, expected: unknown][] = [
  ['DateStyle', 'German', `select '2026-05-04T03:02:01.5Z'::timestamptz`, new Date('2026-05-04T03:02:01.5Z')],
  ['DateStyle', 'SQL,DMY', `select '2026-05-04T03:02:01Z'::timestamptz`, new Date('2026-05-04T03:02:01Z')],
  ['DateStyle', 'Postgres,DMY', `select '2026-05-04T03:02Z'::timestamptz`, new Date('2026-05-04T03:02:00Z')],
  ['TimeZone', 'Asia/Kolkata', `select '2026-05-04T23:30:00Z'::timestamptz::date::text`, '2026-05-04'],
  ['IntervalStyle', 'iso_8601', `select '1 hour 30 seconds'::interval`, { hours: 1, seconds: 30 }],
  ['IntervalStyle', 'sql_standard', `select '1 day 30 seconds'::interval`, { days: 1, seconds: 30 }],
  ['bytea_output', 'escape', `select '\\x00ff5c'::bytea::text`, '\\x00ff5c'],
  ['extra_float_digits', '-15', 'select 1764556800123.456::float8', 1764556800123.456],
  ['array_nulls', 'off', `select '{a,NULL}'::text[]`, ['a', null]],
  ['standard_conforming_strings', 'off', String.raw`select 'a\\b'`, String.raw`a\\b`],
  ['default_transaction_isolation', 'serializable', 'show transaction_isolation', 'read committed'],
  ['default_transaction_isolation', 'repeatable read', 'show transaction_isolation', 'read committed'],
  ['idle_session_timeout', '1', 'show idle_session_timeout', '0'],
];

test.each(hostile)('%s = %s changes nothing', async (setting, value, statement, expected) => {
  const answer = async (from: { query(text: string): Promise<{ rows: object[] }> }) =>
    Object.values((await from.query(statement)).rows[0]!)[0];
  await alter(setting, value);
  const url = new URL(database.url);
  // What the URL asks for is said to the server, too.
  url.searchParams.set('options', `-c ${setting}=${value.replaceAll(' ', '\\ ')}`);
  for (const connectionString of [database.url, url.href]) {
    const client = new Client({ connectionString });
    await client.connect();
    expect(await answer(client)).toEqual(expected);
    // Those who clean up after themselves get what they had.
    await client.query('reset all');
    expect(await answer(client)).toEqual(expected);
    await client.end();
  }
});

test('each setting that is pinned has such a test', () => {
  const tested = new Set(hostile.map(([setting]) => setting));
  expect([...tested].toSorted()).toEqual(Object.keys(pinned).toSorted());
});

test('settings that are an operator’s stay as they are', async () => {
  const theirs = {
    statement_timeout: '7s',
    lock_timeout: '8s',
    idle_in_transaction_session_timeout: '9s',
    search_path: 'billing',
    synchronous_commit: 'remote_apply',
  };
  for (const [setting, value] of Object.entries(theirs)) await alter(setting, value);
  const client = new Client({ connectionString: database.url, settings: { work_mem: '5MB' } });
  await client.connect();
  for (const [setting, value] of Object.entries({ ...theirs, work_mem: '5MB' }))
    expect((await client.query(`show ${setting}`)).rows).toEqual([{ [setting]: value }]);
  await client.end();
});
