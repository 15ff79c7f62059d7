import { expect, test } from '@jest/globals';
import { testDatabase } from '@everyhop/testing';
import { describeError } from './logger.ts';

test('an error of Postgres is described without the values of the row', async () => {
  const { pool, drop } = await testDatabase();
  await pool.query('create table users (email text unique)');
  const insert = () => pool.query('insert into users values ($1)', ['ada@example.org']);
  await insert();
  const error = await insert().catch((thrown) => thrown);
  await drop();
  expect(error.detail).toContain('ada@example.org');
  const described = describeError(new Error('could not register', { cause: error }));
  expect(described).toMatchObject({ message: 'could not register', cause: { code: '23505' } });
  expect(JSON.stringify(described)).not.toContain('ada@example.org');
});
