/** What would go wrong: statements wait for each other, are run outside of their transaction, or fail unseen. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql, type Transaction } from 'kysely';
import { testDatabase, type TestDatabase } from '@everyhop/testing';
import { NotYoursToEnd, TransactionOver } from './errors.ts';
import { inSavepoint, inTransaction } from './transaction.ts';

let database: TestDatabase;
/** What went to Postgres and what came back, in this order. */
let traffic: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query('create table things (id text primary key)');
  database.pool.on('acquire', watch);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('truncate things');
  traffic = [];
});

const watched = new WeakSet<object>();
function watch(client: any) {
  if (watched.has(client)) return;
  watched.add(client);
  const query = client.query;
  client.query = (text: string, ...rest: unknown[]) => {
    const [verb] = text.split(' ');
    traffic.push(`> ${verb}`);
    // It has none when it was called back.
    const answer: Promise<unknown> | undefined = query.call(client, text, ...rest);
    const note = () => traffic.push(`< ${verb}`);
    answer?.then(note, note);
    return answer;
  };
}

const add = (tx: Transaction<any>, id: string) => tx.insertInto('things').values({ id }).execute();
const count = (tx: Transaction<any>) => sql<any>`select count(*)::int as n from things`.execute(tx);
const things = async () =>
  (await database.pool.query('select id from things order by id')).rows.map(({ id }) => id);

test('statements that are asked for side by side are sent together, and run in that order', async () => {
  const found = await inTransaction(database.db, async (tx) => {
    const [, { rows }] = await Promise.all([add(tx, 'a'), count(tx)]);
    return rows[0].n;
  });
  expect(found).toBe(1);
  expect(traffic).toEqual([
    '> begin',
    '< begin',
    '> insert',
    '> select',
    '< insert',
    '< select',
    '> commit',
    '< commit',
  ]);
});

test('one that is not awaited goes with the commit', async () => {
  await inTransaction(database.db, async (tx) => void add(tx, 'a'));
  expect(traffic).toEqual(['> begin', '< begin', '> insert', '> commit', '< insert', '< commit']);
  expect(await things()).toEqual(['a']);
});

test('when one fails that is not awaited, the transaction rejects with its error, and nothing is written', async () => {
  const failing = inTransaction(database.db, async (tx) => {
    await add(tx, 'a');
    add(tx, 'a').catch(() => {});
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await things()).toEqual([]);
});

test('the first failure is told, and not that those after it failed too', async () => {
  const failing = inTransaction(database.db, async (tx) => {
    await add(tx, 'a');
    add(tx, 'a').catch(() => {});
    await count(tx);
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
});

test('what the work itself throws is thrown, also after a failed statement, and all is rolled back', async () => {
  const failing = inTransaction(database.db, async (tx) => {
    await add(tx, 'a');
    await add(tx, 'a').catch(() => {
      throw new Error('taken');
    });
  });
  await expect(failing).rejects.toThrow('taken');
  expect(await things()).toEqual([]);
});

test('a failure that was rolled back to a savepoint is none of the transaction', async () => {
  await inTransaction(database.db, async (tx) => {
    await add(tx, 'a');
    await sql`savepoint before`.execute(tx);
    await expect(add(tx, 'a')).rejects.toMatchObject({ code: '23505' });
    await sql`rollback to before`.execute(tx);
    await add(tx, 'b');
  });
  expect(await things()).toEqual(['a', 'b']);
});

test('a statement after the end is refused, and reaches no other transaction', async () => {
  let over: Transaction<any>;
  await inTransaction(database.db, async (tx) => void (over = tx));
  await expect(add(over!, 'late')).rejects.toThrow(TransactionOver);
  expect(await things()).toEqual([]);
});

test('of a part that fails nothing is left, also of what it asks for later, and the transaction goes on', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  await inTransaction(database.db, async (tx) => {
    await add(tx, 'a');
    let late: Promise<unknown>;
    const failing = inSavepoint(tx, async (part) => {
      late = isOver.then(() => add(part, 'late'));
      add(part, 'b').catch(() => {});
      throw new Error('no good');
    });
    await expect(failing).rejects.toThrow('no good');
    end();
    await expect(late!).rejects.toThrow(TransactionOver);
    await inSavepoint(tx, (part) => add(part, 'c'));
  });
  expect(await things()).toEqual(['a', 'c']);
});

test('a part fails with a statement that is not awaited, and an outer one without its inner one', async () => {
  await inTransaction(database.db, async (tx) => {
    const failing = inSavepoint(tx, async (outer) => {
      await add(outer, 'a');
      const inner = inSavepoint(outer, async (part) => void add(part, 'a').catch(() => {}));
      await expect(inner).rejects.toMatchObject({ code: '23505' });
      await add(outer, 'b');
      throw new Error('no good');
    });
    await expect(failing).rejects.toThrow('no good');
    await add(tx, 'c');
  });
  expect(await things()).toEqual(['c']);
});

test('a lost connection rejects the transaction, and the next one gets another', async () => {
  const cut = inTransaction(database.db, async (tx) => {
    const { rows } = await sql<any>`select pg_backend_pid() as pid`.execute(tx);
    await database.pool.query('select pg_terminate_backend($1, 5000)', [rows[0].pid]);
    await add(tx, 'a');
  });
  await expect(cut).rejects.toThrow(/connection/);
  await inTransaction(database.db, (tx) => add(tx, 'b'));
  expect(await things()).toEqual(['b']);
});

test.each([
  'commit',
  'COMMIT WORK',
  'rollback',
  'begin',
  ' start  transaction',
  'end',
  '-- so far so good\ncommit',
  '/* prepared done */ abort',
  "prepare transaction 'x'",
])('%j in a transaction is refused, and all or nothing is left of the rest', async (statement) => {
  const ending = inTransaction(database.db, async (tx) => {
    await add(tx, 'a');
    await sql.raw(statement).execute(tx);
  });
  await expect(ending).rejects.toThrow(NotYoursToEnd);
  expect(await things()).toEqual([]);
  await inTransaction(database.db, async (tx) => {
    await add(tx, 'b');
    await sql
      .raw(statement)
      .execute(tx)
      .catch(() => {});
    await add(tx, 'c');
  });
  expect(await things()).toEqual(['b', 'c']);
});

test.each(['savepoint one', 'select 1 as "commit"', 'comment on table things is null'])(
  '%j is none that would end a transaction',
  async (statement) => {
    await inTransaction(database.db, async (tx) => {
      await add(tx, 'a');
      await sql.raw(statement).execute(tx);
    });
    expect(await things()).toEqual(['a']);
  },
);
