/** What would go wrong: a statement is planned each time, or another than that which is asked for is run. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import { poolOptions } from './pool-options.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await testDatabase({ pool: { ...poolOptions, max: 1 } })));
afterAll(() => database.drop());

const answer = async (text: string, ...values: unknown[]) =>
  Object.values((await database.pool.query(text, values)).rows[0]);
const prepared = async () =>
  (await database.pool.query('select name from pg_prepared_statements order by name')).rows.map(
    ({ name }) => name,
  );

test('statements that are marked are prepared once a connection, others are not', async () => {
  for (const n of [1, 2]) expect(await answer('/* prepared add */ select $1::int + 1', n)).toEqual([n + 1]);
  expect(await answer('\n  /* prepared hello */ select $1 || $2', 'a', 'b')).toEqual(['ab']);
  expect(await answer('select /* prepared later */ $1::int', 3)).toEqual([3]);
  expect(await prepared()).toEqual(['add', 'hello']);
});

test('a mark that two statements have is refused', async () => {
  await answer('/* prepared same */ select 1');
  await expect(answer('/* prepared same */ select 2')).rejects.toThrow('Prepared statements must be unique');
});

test('one that failed is prepared the next time', async () => {
  const text = '/* prepared missing */ select * from things where id = $1';
  await expect(answer(text, 1)).rejects.toMatchObject({ code: '42P01' });
  await database.pool.query('create table things (id int); insert into things values (1)');
  expect(await answer(text, 1)).toEqual([1]);
});

test('what is sent begins with the statement, so that tracing names it by its first word', async () => {
  await answer('/* prepared named */ select 1');
  const { rows } = await database.pool.query(
    "select statement from pg_prepared_statements where name = 'named'",
  );
  expect(rows).toEqual([{ statement: expect.stringMatching(/^\s*select 1$/) }]);
});
