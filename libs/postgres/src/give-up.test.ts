/**
 * What would go wrong: who was lent a transaction never comes back, or has a statement that does not end; and the
 * connection is gone for good, its backend with it.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { TransactionOver } from './errors.ts';
import { poolOptions } from './pool-options.ts';
import { inSavepoint, inTransaction, lend } from './transaction.ts';

let database: TestDatabase;
/** One connection: who does not give it back stops everyone. */
let pool: pg.Pool;
let db: Kysely<any>;
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query('create table things (id text primary key)');
  pool = new pg.Pool({ connectionString: database.url, max: 1, ...poolOptions });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  db = new Kysely({ dialect: new PostgresDialect({ pool }) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const never = new Promise<never>(() => {});
const asleep = `from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%'`;
const sleepers = async () => (await database.pool.query(`select ${asleep}`)).rowCount;
const isAsleep = () => waitUntil('a statement is under way', async () => (await sleepers()) === 1);
const add = (tx: Kysely<any>, id: string) => tx.insertInto('things').values({ id }).execute();
const things = async () => (await database.pool.query('select id from things')).rows.map(({ id }) => id);

/** Lends a transaction to `work`, and gives it up as soon as `when` resolves. */
async function giveUp(when: () => Promise<unknown>, work: (tx: Transaction<any>) => Promise<unknown>) {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const failing = inTransaction(db, async (tx) => {
    await add(tx, 'before');
    await lend(tx, work, givenUp);
  });
  await when();
  reject(new Error('given up'));
  await expect(failing).rejects.toThrow('given up');
}

test('who never comes back loses the transaction, and the connection goes on to the next', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  let late: Promise<unknown>;
  const { promise: isAtWork, resolve: begin } = Promise.withResolvers<void>();
  await giveUp(
    () => isAtWork,
    (tx) => {
      late = isOver.then(() => add(tx, 'late'));
      begin();
      return never;
    },
  );
  await add(db, 'next');
  end();
  await expect(late!).rejects.toThrow(TransactionOver);
  expect(await things()).toEqual(['next']);
  await database.pool.query('truncate things');
});

test.each<[string, (tx: Transaction<any>) => Promise<unknown>]>([
  ['a statement', (tx) => sql`select pg_sleep(600)`.execute(tx)],
  [
    'one of many that were sent together',
    (tx) => Promise.all([1, 2, 3].map(async (n) => sql`select pg_sleep(${n === 2 ? 600 : 0})`.execute(tx))),
  ],
  ['a statement in a savepoint', (tx) => inSavepoint(tx, (part) => sql`select pg_sleep(600)`.execute(part))],
  [
    'a statement that nobody awaits',
    (tx) => (void sql`select pg_sleep(600)`.execute(tx).catch(() => {}), never),
  ],
])('%s that does not end is ended, its backend too, and the next gets a connection', async (_, work) => {
  await giveUp(isAsleep, work);
  await add(db, 'next');
  expect(await sleepers()).toBe(0);
  expect(await things()).toEqual(['next']);
  await database.pool.query('truncate things');
});

test('a part whose work is given up is undone at once when none of its statements is under way', async () => {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  await inTransaction(db, async (tx) => {
    const failing = inSavepoint(tx, (part) =>
      lend(
        part,
        async (lent) => {
          await add(lent, 'given up');
          reject(new Error('given up'));
          return never;
        },
        givenUp,
      ),
    );
    await expect(failing).rejects.toThrow('given up');
    await add(tx, 'kept');
  });
  expect(await things()).toEqual(['kept']);
  await database.pool.query('truncate things');
});

test('what is lent is over as soon as the work with it is, whatever becomes of the transaction', async () => {
  await inTransaction(db, async (tx) => {
    let lent: Transaction<any>;
    await lend(tx, async (its) => void (await add((lent = its), 'a')));
    await expect(add(lent!, 'late')).rejects.toThrow(TransactionOver);
    await add(tx, 'b');
  });
  expect((await things()).sort()).toEqual(['a', 'b']);
});
