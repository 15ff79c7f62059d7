/**
 * What would go wrong: handlers of one batch share a transaction, in which a lock keeps nobody out and a savepoint
 * takes with it whatever others write meanwhile. So an ordinary handler loses updates, or effects that are said to be
 * handled.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { inSavepoint } from '@everyhop/postgres';
import { waitUntil } from '@everyhop/testing';
import type { Handle } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

/** Publishes one event for each key, numbered from 0, and has them handled as one batch. */
async function handleTogether(keys: string[], ...handlers: Parameters<TestService['start']>) {
  await it.publish(...keys.map((key, n) => it.Happened({ key, n })));
  await waitUntil(
    'all are on the topic',
    async () => (await it.database.pool.query('select from outbox')).rowCount === 0,
  );
  await it.start(...handlers);
  await waitUntil('all are handled', async () => {
    const { rowCount } = await it.database.pool.query(`select from inbox where outcome = 'handled'`);
    return rowCount === keys.length * handlers.length;
  });
}
const keys = (count: number) => Array.from({ length: count }, (_, n) => `key-${n}`);
const effects = async () =>
  (await it.database.pool.query('select key from effects order by n')).rows.map(({ key }) => key);

/** Reads a row, locked, and writes what it has decided on by that. */
const countUp: Handle<{ key: string; n: number }> = async (_, { tx }) => {
  const { rows } = await sql<{ n: number }>`select n from counter for update`.execute(tx);
  await sql`update counter set n = ${rows[0]!.n + 1}`.execute(tx);
};
const counter = async () => (await it.database.pool.query('select n from counter')).rows[0].n;

test('20 events of 20 keys that each add 1 to one row, read `for update`, make it 20', async () => {
  await it.database.pool.query('create table counter (n int); insert into counter values (0)');
  await handleTogether(keys(20), { handle: countUp });
  expect(await counter()).toBe(20);
});

test('so do those of two handlers, and concurrent ones beside them come after', async () => {
  await it.database.pool.query('create table counter (n int); insert into counter values (0)');
  const seen: number[] = [];
  await handleTogether(
    keys(10),
    { id: 'one', handle: countUp },
    {
      id: 'beside',
      concurrent: true,
      handle: async (_, { tx }) => {
        const { rows } = await sql<{ n: number }>`select n from counter`.execute(tx);
        seen.push(rows[0]!.n);
      },
    },
    { id: 'other', handle: countUp },
  );
  expect(await counter()).toBe(20);
  expect(new Set(seen)).toEqual(new Set([20]));
});

for (const concurrent of [false, true]) {
  const which = concurrent ? 'concurrent handlers' : 'handlers';

  test(`${which} that undo a part of their own take nothing of others with it`, async () => {
    await handleTogether(keys(6), {
      concurrent,
      handle: async (data, delivery) => {
        const part = inSavepoint(delivery.tx, async (tx) => {
          await write(data, { ...delivery, tx });
          for (let look = 0; look < data.n; look++) await sql`select 1`.execute(tx);
          if (data.n % 2 === 1) throw new Error('this part is not possible');
        });
        await part.catch(() => {});
      },
    });
    expect((await effects()).sort()).toEqual(['key-0', 'key-2', 'key-4']);
  });

  test(`beside ${which} that undo a part, those that just write do write`, async () => {
    await handleTogether(['a', 'b', 'c', 'd'], {
      concurrent,
      handle: async (data, delivery) => {
        if (data.n % 2 === 0) {
          const part = inSavepoint(delivery.tx, async (tx) => {
            for (let look = 0; look < 3; look++) await sql`select 1`.execute(tx);
            throw new Error('this part is not possible');
          });
          await part.catch(() => {});
        }
        await sql`select 1`.execute(delivery.tx);
        await write(data, delivery);
      },
    });
    expect((await effects()).sort()).toEqual(['a', 'b', 'c', 'd']);
  });
}

test('concurrent handlers run side by side for different keys, and in order for one', async () => {
  let [inHand, most] = [0, 0];
  await handleTogether(['a', 'b', 'a', 'c', 'b', 'a'], {
    concurrent: true,
    handle: async (data, delivery) => {
      most = Math.max(most, ++inHand);
      await sql`select 1`.execute(delivery.tx);
      await write(data, delivery);
      inHand--;
    },
  });
  expect(most).toBe(3);
  expect(await it.effects('a')).toEqual([0, 2, 5]);
  expect(await it.effects('b')).toEqual([1, 4]);
});

test('what a handler still asks for when it has returned is refused, and not done as a part of another’s work', async () => {
  const late: Promise<unknown>[] = [];
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  await handleTogether(['a', 'b'], {
    handle: async (data, delivery) => {
      if (late.length === 0) late.push(isOver.then(() => write(data, delivery)));
      else end();
      await sql`select 1`.execute(delivery.tx);
    },
  });
  await expect(late[0]).rejects.toMatchObject({ code: 'TRANSACTION_OVER' });
  expect(await effects()).toEqual([]);
});

test('what a handler writes without awaiting it is written', async () => {
  await handleTogether(keys(5), { handle: async (data, delivery) => void write(data, delivery) });
  expect((await effects()).sort()).toEqual(keys(5));
});
