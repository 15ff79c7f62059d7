/** What would go wrong: the log of an error tells whose data it was about. */
import { expect, test } from '@jest/globals';
import { testDatabase } from '@everyhop/testing';
import { describeError } from './describe-error.ts';

/** The error that Postgres answers to a statement with `ada@example.org`. */
async function errorOf(statement: string): Promise<Error> {
  const { pool, drop } = await testDatabase();
  try {
    await pool.query('create table users (email text unique, age int)');
    await pool.query(`insert into users values ('ada@example.org')`);
    return await pool.query(statement, ['ada@example.org']).catch((thrown) => thrown);
  } finally {
    await drop();
  }
}

test('an error of Postgres is described without the values of the row', async () => {
  const error = await errorOf('insert into users (email) values ($1)');
  expect(error).toHaveProperty('detail', expect.stringContaining('ada@example.org'));
  const described = describeError(new Error('could not register', { cause: error }));
  expect(described).toMatchObject({
    message: 'could not register',
    cause: { code: '23505', message: expect.stringContaining('"users_email_key"') },
  });
  expect(JSON.stringify(described)).not.toContain('ada');
});

test('a value that Postgres could not read is not in the log', async () => {
  const error = await errorOf('insert into users (age) values ($1)');
  expect(error.message).toContain('ada@example.org');
  const described = describeError(error);
  expect(described).toMatchObject({ code: '22P02', message: 'invalid input syntax for type integer: "…"' });
  expect(JSON.stringify(described)).not.toContain('ada');
});

test('an address that a mail server answers with is not in the log, nor is a password', () => {
  for (const message of [
    '550 5.1.1 <ada@example.org>: recipient rejected',
    'no answer from postgres://shop:ada@example.org/shop',
  ]) {
    const described = describeError(new Error(message));
    expect(JSON.stringify(described)).not.toContain('ada');
    expect(described).toHaveProperty('stack', expect.stringContaining('…@…'));
  }
});
