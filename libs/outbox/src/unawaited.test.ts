/**
 * What would go wrong: somebody forgets an `await` in a transaction; it commits, and what was forgotten is lost, or
 * done outside of it, or ends the process as an unhandled rejection.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { deployEvents, SchemaRegistry } from '@everyhop/kafka';
import { engines, testDatabase, testEvent, type TestDatabase } from '@everyhop/testing';
import { EventTooLarge, NotAnEvent } from './errors.ts';
import { outboxMigrations } from './index.ts';
import { Outbox, type OutboxTransaction } from './outbox.ts';
import { inTransaction, keep, poolOptions, TransactionOver } from '@everyhop/postgres';

const Happened = testEvent();
const registry = new SchemaRegistry({ url: engines.registryUrl });
let database: TestDatabase;
let outbox: Outbox;
let commits = 0;

beforeAll(async () => {
  await deployEvents({ brokers: engines.brokers, registry, events: [Happened], partitions: 1 });
  database = await testDatabase({ migrations: [outboxMigrations], pool: poolOptions });
  await database.pool.query('create table orders (id text primary key)');
  outbox = new Outbox({ db: database.db, registry, source: 'test', onCommit: () => commits++ });
});
afterAll(() => database.drop());

const published = async (key: string) => {
  const { rows } = await database.pool.query(
    'select id from outbox where aggregateid = $1 order by position',
    [key],
  );
  return rows.map(({ id }) => id);
};
const order = (tx: OutboxTransaction<any>, id: string) => tx.insertInto('orders').values({ id }).execute();
const orders = async (id: string) =>
  (await database.pool.query('select from orders where id = $1', [id])).rowCount;
const tooLarge = (key: string) => Happened({ key: key.padEnd(2_000, '.'), n: 1 });

test('events whose publishing is not awaited leave with the transaction, in the order of the calls', async () => {
  const before = commits;
  // The first has to look up its schema, which takes longer.
  const fresh = new Outbox({
    db: database.db,
    registry: new SchemaRegistry({ url: engines.registryUrl }),
    source: 'test',
    onCommit: () => commits++,
  });
  const events = Array.from({ length: 5 }, (_, n) => Happened({ key: 'forgotten', n }));
  await fresh.transaction(async (tx) => {
    for (const event of events) void tx.publish(event);
    await order(tx, 'forgotten');
  });
  expect(await published('forgotten')).toEqual(events.map(({ id }) => id));
  expect(commits).toBe(before + 1);
});

test.each([
  ['before the work has ended', true],
  ['after the work has ended', false],
])('one that fails %s fails the transaction, and the error says where it was called', async (_, early) => {
  const publishesTooMuch = (tx: OutboxTransaction<any>) => void tx.publish(tooLarge('bad'));
  const failing = outbox.transaction(async (tx) => {
    publishesTooMuch(tx);
    if (early) for (let n = 0; n < 5; n++) await sql`select 1`.execute(tx);
    await order(tx, 'bad');
  });
  await expect(failing).rejects.toThrow(EventTooLarge);
  await expect(failing).rejects.toMatchObject({ stack: expect.stringContaining('publishesTooMuch') });
  expect(await orders('bad')).toBe(0);
});

test('one that fails and whose author goes on without it is left out', async () => {
  await outbox.transaction(async (tx) => {
    await tx.publish(tooLarge('caught')).catch(() => {});
    const late = tx.publish('no event' as never);
    await order(tx, 'caught');
    await expect(late).rejects.toThrow(NotAnEvent);
    await tx.publish(Happened({ key: 'caught', n: 1 }));
  });
  expect(await published('caught')).toHaveLength(1);
  expect(await orders('caught')).toBe(1);
});

test('what the transaction is asked to keep is awaited, and fails it when nobody awaits that', async () => {
  const { promise: isTold, resolve: tell } = Promise.withResolvers<void>();
  const keeping = inTransaction(database.db, async (tx) => {
    void keep(tx, async () => {
      await isTold;
      await sql`insert into orders values ('kept')`.execute(tx);
    });
  });
  tell();
  await keeping;
  expect(await orders('kept')).toBe(1);
  const failing = inTransaction(database.db, async (tx) => {
    void keep(tx, () => Promise.reject(new Error('no such job')));
    await sql`insert into orders values ('not kept')`.execute(tx);
  });
  await expect(failing).rejects.toThrow('no such job');
  expect(await orders('not kept')).toBe(0);
});

test('after the end nothing is published, and no statement is run', async () => {
  let over: OutboxTransaction<any>;
  await outbox.transaction(async (tx) => void (over = tx));
  await expect(over!.publish(Happened({ key: 'late', n: 1 }))).rejects.toThrow(TransactionOver);
  await expect(order(over!, 'late')).rejects.toThrow(TransactionOver);
  expect(await published('late')).toEqual([]);
  expect(await orders('late')).toBe(0);
});

test('nothing that is forgotten ends the process without its being said what it was', async () => {
  const child = spawn(
    process.execPath,
    ['--conditions=everyhop-source', '--input-type=module', '-e', forgetfulProcess],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_OPTIONS: '--no-warnings', DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const output: string[] = [];
  child.stdout.on('data', (data) => output.push(String(data)));
  await once(child, 'exit');
  expect(output.join('').trim().split('\n').sort()).toEqual([
    'left over: 23505',
    'left over: TRANSACTION_OVER',
    'rejected: 23505',
    'rejected: EVENT_TOO_LARGE',
    'still alive',
  ]);
});

const forgetfulProcess = `
  import pg from 'pg';
  import { Kysely, PostgresDialect, sql } from 'kysely';
  import { testEvent } from '@everyhop/testing';
  import { isOfTransaction, poolOptions } from '@everyhop/postgres';
  import { Outbox } from './index.ts';
  process.on('unhandledRejection', (error) => {
    if (!isOfTransaction(error)) throw error;
    console.log('left over: ' + error.code);
  });
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, ...poolOptions });
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const registry = { encode: async () => Buffer.alloc(1_000_001) };
  const outbox = new Outbox({ db, registry, source: 'test' });
  const Happened = testEvent();
  const tell = (error) => console.log('rejected: ' + error.code);
  await outbox.transaction(async (tx) => void tx.publish(Happened({ key: 'a', n: 1 }))).catch(tell);
  await outbox
    .transaction(async (tx) => {
      await sql\`insert into orders values ('twice')\`.execute(tx);
      void sql\`insert into orders values ('twice')\`.execute(tx);
    })
    .catch(tell);
  const { promise: isOver, resolve: end } = Promise.withResolvers();
  await outbox.transaction(async (tx) => void isOver.then(() => sql\`select 1\`.execute(tx)));
  end();
  await sql\`select 1\`.execute(db);
  console.log('still alive');
  await pool.end();`;
