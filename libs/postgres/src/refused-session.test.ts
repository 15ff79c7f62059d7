/**
 * What would go wrong: after a failover a connection leads to a server that can only read, and is kept since it
 * answers; or a server that is too old fails one statement in a hundred, with a syntax error.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { olderPostgres, testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Client } from './client.ts';
import { DatabaseNotUtf8, PostgresTooOld, SessionReadOnly } from './errors.ts';
import { poolOptions } from './pool-options.ts';
import { assertServer, assertUsable, assertVersion } from './requirements.ts';

let database: TestDatabase;
let name: string;
beforeEach(async () => {
  database = await testDatabase({ pool: poolOptions });
  name = new URL(database.url).pathname.slice(1);
});
afterEach(() => database.drop());

const connect = async (connectionString: string) => {
  const client = new Client({ connectionString });
  await client.connect().finally(() => client.end());
};
const sessions = async (application: string) => {
  const count = 'select count(*)::int as n from pg_stat_activity where application_name = $1';
  return (await database.pool.query(count, [application])).rows[0].n;
};

test('a session that can only read is refused, and the next one is tried anew', async () => {
  const pool = new pg.Pool({ connectionString: database.url, application_name: name, ...poolOptions });
  await database.pool.query(`alter database ${name} set default_transaction_read_only = on`);
  for (let n = 0; n < 3; n++) await expect(pool.query('select')).rejects.toThrow(SessionReadOnly);
  await expect(pool.query('select')).rejects.toMatchObject({
    code: '25006',
    message: 'the database can only be read: default_transaction_read_only is on',
  });
  expect(pool.totalCount).toBe(0);
  await database.pool.query(`alter database ${name} reset default_transaction_read_only`);
  await pool.query('create table written (n int)');
  await waitUntil('those that were refused have gone', async () => (await sessions(name)) === 1);
  await pool.end();
});

test('a standby is refused', () => {
  const standby = new Map([
    ['server_version', '18.1'],
    ['in_hot_standby', 'on'],
  ]);
  expect(() => assertUsable(standby)).toThrow(new SessionReadOnly('the server is a standby'));
  expect(() => assertUsable(standby.set('in_hot_standby', 'off'))).not.toThrow();
});

test.each(['17.6', '9.6.24', '16.4 (Debian 16.4-1)', '17beta1', 'unknown'])(
  'version %s is too old, which is said in a sentence',
  (version) => {
    const message = `PostgreSQL 18 or newer is needed, this is ${version}: upgrade the server, or use another`;
    expect(() => assertVersion(version)).toThrow(new PostgresTooOld(version));
    expect(new PostgresTooOld(version).message).toBe(message);
  },
);

test.each(['18.0', '18.4 (Debian 18.4-1.pgdg12+1)', '18beta1', '19devel', '20.1'])(
  'version %s is new enough',
  (version) => expect(() => assertVersion(version)).not.toThrow(),
);

test('a server that is too old is refused', async () => {
  await using older = await olderPostgres(database.url);
  await expect(connect(older.url)).rejects.toThrow(/^PostgreSQL 18 or newer is needed, this is 15\.\d+/);
});

test('a server that is too old is noticed through any pool, and one that does not answer is not', async () => {
  const ask = async (connectionString: string) => {
    const pool = new pg.Pool({ connectionString });
    await assertServer(new Kysely({ dialect: new PostgresDialect({ pool }) })).finally(() => pool.end());
  };
  const older = await olderPostgres(database.url);
  await expect(ask(older.url)).rejects.toThrow(PostgresTooOld);
  await older[Symbol.asyncDispose]();
  await ask(older.url);
  await ask(database.url);
});

test('a database that lacks most characters is refused', async () => {
  const other = new URL(database.url);
  other.pathname = `${name}_latin`;
  await database.pool.query(`create database ${name}_latin encoding 'LATIN1' locale 'C' template template0`);
  await expect(connect(other.href)).rejects.toThrow(new DatabaseNotUtf8('LATIN1'));
  await database.pool.query(`drop database ${name}_latin with (force)`);
});

test('a session that is cut while it is refused ends nothing else', async () => {
  await database.pool.query(`alter database ${name} set default_transaction_read_only = on`);
  const client = new Client({ connectionString: database.url });
  await expect(client.connect()).rejects.toThrow(SessionReadOnly);
  expect(client.emit('error', new Error('terminating connection due to administrator command'))).toBe(true);
  await client.end();
});
