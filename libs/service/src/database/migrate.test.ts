import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import { sql } from 'kysely';
import { pino } from 'pino';
import { migrate } from './migrate.ts';

let database: TestDatabase;
beforeEach(async () => void (database = await testDatabase()));
afterEach(() => database.drop());

async function folderOf(files: Record<string, string>): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

const valuesOf = async (table: string) => {
  const { rows } = await sql<{ n: number }>`select n from ${sql.table(table)} order by n`.execute(
    database.db,
  );
  return rows.map(({ n }) => n);
};

test('the files of each origin are applied in the order of their names, and only once', async () => {
  const folder = await folderOf({
    '0002-fill.sql': 'insert into a values (1); insert into a values (2);',
    '0001-create.sql': 'create table a (n int);',
    'README.md': 'no SQL',
  });
  for (let start = 0; start < 2; start++) await migrate(database.db, [{ origin: 'shop', folder }]);
  expect(await valuesOf('a')).toEqual([1, 2]);
});

test('a library may bring a new file after the service has applied its own', async () => {
  const service = { origin: 'shop', folder: await folderOf({ '0001-a.sql': 'create table a (n int)' }) };
  await migrate(database.db, [service]);
  const library = { origin: 'inbox', folder: await folderOf({ '0001-b.sql': 'create table b (n int)' }) };
  await migrate(database.db, [library, service]);
  expect(await valuesOf('b')).toEqual([]);
});

test('of instances that start at once one migrates and the others wait for it', async () => {
  const folder = await folderOf({ '0001-a.sql': 'create table a (n int); insert into a values (1);' });
  await Promise.all([1, 2, 3].map(() => migrate(database.db, [{ origin: 'shop', folder }])));
  expect(await valuesOf('a')).toEqual([1]);
});

test('a release that knows fewer files than were applied starts, and says so', async () => {
  const create = { '0001-a.sql': 'create table a (n int)' };
  const after = {
    origin: 'shop',
    folder: await folderOf({ ...create, '0002-b.sql': 'create table b (n int)' }),
  };
  await migrate(database.db, [after]);
  const before = { origin: 'shop', folder: await folderOf(create) };
  const logged: string[] = [];
  const logger = pino({}, { write: (line) => void logged.push(line) });
  await migrate(database.db, [before], logger);
  expect(logged).toEqual([expect.stringContaining('shop/0002-b')]);
  await migrate(database.db, [after], logger);
  expect(logged).toHaveLength(1);
});

test('the database of another service is not taken for one that a later release has migrated', async () => {
  const folder = await folderOf({ '0001-a.sql': 'create table a (n int)' });
  await migrate(database.db, [{ origin: 'shop', folder }]);
  await expect(migrate(database.db, [{ origin: 'billing', folder }])).rejects.toThrow(
    'shop/0001-a is missing',
  );
});

test('a file that fails is named, and leaves nothing of this start behind', async () => {
  const folder = await folderOf({ '0001-a.sql': 'create table a (n int)', '0002-b.sql': 'creat table b ()' });
  await expect(migrate(database.db, [{ origin: 'shop', folder }])).rejects.toThrow(
    /^migration shop\/0002-b failed: .*syntax error/,
  );
  await expect(valuesOf('a')).rejects.toThrow('does not exist');
});
