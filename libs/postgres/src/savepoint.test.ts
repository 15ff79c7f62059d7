/**
 * What would go wrong: a part of a transaction that is rolled back takes with it what others have asked for meanwhile;
 * or it is still at work when its transaction is over, and writes without one.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql, type Transaction } from 'kysely';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import { TransactionOver } from './errors.ts';
import { inSavepoint, inTransaction, lend } from './transaction.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query('create table things (n serial, id text primary key)');
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate things'));

const add = (tx: Transaction<any>, id: string) => tx.insertInto('things').values({ id }).execute();
const look = (tx: Transaction<any>) => sql`select 1`.execute(tx);
const things = async () =>
  (await database.pool.query('select id from things order by n')).rows.map(({ id }) => id);

/** Writes `id` in a part that takes a few round trips, and undoes it. */
const undone = (tx: Transaction<any>, id: string) =>
  inSavepoint(tx, async (part) => {
    await add(part, id);
    for (let n = 0; n < 3; n++) await look(part);
    throw new Error(`${id} is not possible`);
  }).catch(() => {});

test('parts that are begun side by side take turns: each is kept or undone by itself', async () => {
  await inTransaction(database.db, async (tx) => {
    const kept = (id: string) => inSavepoint(tx, (part) => add(part, id));
    await Promise.all([undone(tx, 'a'), kept('b'), undone(tx, 'c'), kept('d'), undone(tx, 'e')]);
  });
  expect(await things()).toEqual(['b', 'd']);
});

test('so do parts within a part', async () => {
  await inTransaction(database.db, (tx) =>
    inSavepoint(tx, async (outer) => {
      await Promise.all([
        undone(outer, 'a'),
        inSavepoint(outer, (part) => add(part, 'b')),
        undone(outer, 'c'),
      ]);
    }),
  );
  expect(await things()).toEqual(['b']);
});

test('a statement beside a part is not undone with it, and those behind it keep their order', async () => {
  await inTransaction(database.db, async (tx) => {
    const part = undone(tx, 'a');
    await Promise.all([part, add(tx, 'b'), undone(tx, 'c'), add(tx, 'd'), add(tx, 'e')]);
  });
  expect(await things()).toEqual(['b', 'd', 'e']);
});

test('those whom a transaction is lent are as apart as that', async () => {
  await inTransaction(database.db, async (tx) => {
    const writing = (id: string) =>
      lend(tx, async (lent) => {
        await look(lent);
        await add(lent, id);
      });
    const undoing = (id: string) => lend(tx, (lent) => undone(lent, id));
    await Promise.all([undoing('a'), writing('b'), undoing('c'), writing('d')]);
  });
  expect((await things()).sort()).toEqual(['b', 'd']);
});

test('what is asked of the transaction itself within a part belongs to the part, parts included', async () => {
  await inTransaction(database.db, async (tx) => {
    const failing = inSavepoint(tx, async () => {
      await add(tx, 'a');
      await inSavepoint(tx, (part) => add(part, 'b'));
      await undone(tx, 'c');
      throw new Error('no good');
    });
    await expect(failing).rejects.toThrow('no good');
    await inSavepoint(tx, async () => {
      await add(tx, 'd');
      await undone(tx, 'e');
    });
  });
  expect(await things()).toEqual(['d']);
});

test('an outer part that fails is undone also when it leaves an inner one open', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  let late: Promise<unknown>;
  await inTransaction(database.db, async (tx) => {
    const failing = inSavepoint(tx, async (outer) => {
      await add(outer, 'a');
      const { promise: isOpen, resolve: open } = Promise.withResolvers<void>();
      late = inSavepoint(outer, async (inner) => {
        await add(inner, 'b');
        open();
        await isOver;
        await add(inner, 'late');
      });
      await isOpen;
      throw new Error('no good');
    });
    await expect(failing).rejects.toThrow('no good');
    await add(tx, 'c');
  });
  end();
  await expect(late!).rejects.toThrow(TransactionOver);
  expect(await things()).toEqual(['c']);
});

test('a part that is not awaited is awaited before the commit', async () => {
  await inTransaction(database.db, async (tx) => {
    void inSavepoint(tx, async (part) => {
      await look(part);
      await add(part, 'a');
    });
    void add(tx, 'b');
  });
  expect(await things()).toEqual(['a', 'b']);
});

test('one that fails and that nobody awaits fails the transaction', async () => {
  const failing = inTransaction(database.db, async (tx) => {
    await add(tx, 'a');
    void inSavepoint(tx, async (part) => {
      await look(part);
      throw new Error('no good');
    });
  });
  await expect(failing).rejects.toThrow('no good');
  expect(await things()).toEqual([]);
});

test('a part that is at work when its transaction is rolled back writes nothing any more, nor do those behind it', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  const behind: Promise<unknown>[] = [];
  let open: Promise<unknown>;
  const failing = inTransaction(database.db, async (tx) => {
    const part = (id: string) =>
      inSavepoint(tx, async (part) => {
        await isOver;
        await add(part, id);
      });
    open = part('open');
    behind.push(part('waiting'), add(tx, 'waiting, too'));
    throw new Error('no good');
  });
  await expect(failing).rejects.toThrow('no good');
  for (const one of behind) await expect(one).rejects.toThrow(TransactionOver);
  end();
  await expect(open!).rejects.toThrow(TransactionOver);
  expect(await things()).toEqual([]);
});
