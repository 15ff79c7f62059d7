/**
 * What would go wrong: a failure of one event that looks like an outage by its code pauses a partition, or all retries of
 * an instance, for ever: no attempt is counted, nothing is parked, and nobody is told.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitUntil } from '@everyhop/testing';
import type { Delivery } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
let unlock: (() => Promise<void>) | undefined;
beforeEach(async () => {
  it = await testService();
  await it.database.pool.query(`
    create table stock (sku text primary key, n int not null default 0);
    insert into stock values ('mug'), ('pen');
    create function fail(code text) returns void language plpgsql as $$
      begin raise exception 'as with code %', code using errcode = code; end $$`);
});
afterEach(async () => {
  await unlock?.();
  await it.stop();
});

type Fail = (delivery: Delivery) => Promise<unknown>;

const away = () => Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:443'), { code: 'ECONNREFUSED' });
const raise =
  (code: string): Fail =>
  ({ tx }) =>
    sql`select fail(${code})`.execute(tx);

/** Needs nothing that others need. */
const ownFailures: [string, Fail][] = [
  [
    'a statement with more parameters than there may be',
    ({ tx }) => {
      const rows = Array.from({ length: 40_000 }, (_, n) => sql`(${`sku ${n}`}, ${n})`);
      return sql`insert into stock values ${sql.join(rows)}`.execute(tx);
    },
  ],
  ['a row that somebody else has locked', ({ tx }) => sql`select from stock for update nowait`.execute(tx)],
  ['a limit that is set for its session', raise('53400')],
  ['a statement that is cancelled', raise('57014')],
  ['a deadlock each time', raise('40P01')],
  ['a conflict with another transaction each time', raise('40001')],
  [
    'a session that it ends itself',
    async ({ tx }) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await it.database.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
      await sql`select`.execute(tx);
    },
  ],
];

/** May be something that all need, until another event gets through. */
const doubtful: [string, Fail][] = [
  [
    'a server of its own that refuses it',
    async () => {
      throw away();
    },
  ],
  ['no room on the disk for what it writes', raise('53100')],
  ['too little memory for what it does', raise('53200')],
  ['a page that cannot be read', raise('58030')],
];

const deadOf = (key: string) =>
  waitUntil(`an event of ${key} is dead`, async () => {
    const [dead] = await listParked(it.database.db, { key, state: 'dead' });
    return dead;
  });
const handled = (key: string, n: number) =>
  waitUntil(`${n} of ${key} is handled`, async () => (await it.effects(key)).includes(n));

/** Holds the rows of stock until `unlock()`. */
async function lockStock() {
  const client = await it.database.pool.connect();
  await client.query('begin');
  await client.query('select from stock for update');
  unlock = async () => {
    unlock = undefined;
    await client.query('rollback');
    client.release();
  };
}

test.each(ownFailures)('%s is a failure of its event, also when there is no other', async (_, fail) => {
  await lockStock();
  await it.start({
    retry: { attempts: 4, inPlace: 2 },
    handle: (_, delivery) => fail(delivery) as Promise<void>,
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  expect(await deadOf('a')).toMatchObject({ attempts: 4 });
});

test.each([...ownFailures.slice(0, 2), ...doubtful])('%s delays its own key only', async (_, fail) => {
  await lockStock();
  await it.start({
    retry: { attempts: 4, inPlace: 2 },
    handle: async (data, delivery) => {
      if (data.n === 1) await fail(delivery);
      await write(data, delivery);
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await it.publish(it.Happened({ key: 'a', n: 2 }), it.Happened({ key: 'b', n: 3 }));
  await handled('b', 3);
  expect(await deadOf('a')).toMatchObject({ attempts: 4 });
  expect(await it.effects('a')).toEqual([]);
});

test.each(['before', 'behind'])(
  'what is away for one event only is known by another that gets through right %s it',
  async (where) => {
    const events = [it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'b', n: 2 })];
    if (where === 'before') events.reverse();
    await it.start({
      retry: { attempts: 3 },
      handle: async (data, delivery) => {
        if (data.n === 1) throw away();
        await write(data, delivery);
      },
    });
    for (const event of events) {
      await it.publish(event);
      await waitUntil('it was tried', async () => {
        const isParked = (await listParked(it.database.db, { key: event.key })).length > 0;
        return isParked || (await it.effects(event.key)).length > 0;
      });
    }
    expect(await deadOf('a')).toMatchObject({ attempts: 3 });
  },
);

test('one after the other needs what is away for them only: the next gets through all the same', async () => {
  await it.start({
    handle: async (data, delivery) => {
      if (data.n < 4) throw away();
      await write(data, delivery);
    },
  });
  for (const n of [1, 2, 3, 4]) await it.publish(it.Happened({ key: `key ${n}`, n }));
  await handled('key 4', 4);
});

test('what all need is waited for: nothing is counted, most stay on their topic, and each key stays in order', async () => {
  let isAway = true;
  const inbox = await it.start({
    retry: { attempts: 1 },
    handle: async (data, delivery) => {
      if (isAway) throw away();
      await write(data, delivery);
    },
  });
  const events = Array.from({ length: 60 }, (_, n) => it.Happened({ key: `key ${n % 20}`, n }));
  await it.publish(...events);
  await waitUntil('the partition waits', () => inbox.pausedPartitions().length === 1);
  await waitUntil('one shows whether others need the same', async () => {
    const parked = await listParked(it.database.db);
    return parked.length > 0 && parked.length < 10 && parked.every(({ attempts }) => attempts === 0);
  });
  isAway = false;
  await waitUntil('all are handled', async () => {
    const { rows } = await it.database.pool.query('select from effects');
    return rows.length === 60;
  });
  for (let key = 0; key < 20; key++)
    expect(await it.effects(`key ${key}`)).toEqual([key, key + 20, key + 40]);
  expect(inbox.pausedPartitions()).toEqual([]);
});

test('two events and a job that take the same rows the other way round all get through', async () => {
  const [mug, pen] = ['mug', 'pen'];
  const take = (sku: string) => sql`update stock set n = n + 1 where sku = ${sku}`;
  let stopped = false;
  const job = (async () => {
    for (let n = 0; !stopped; n++) {
      const taking = it.database.db.transaction().execute(async (tx) => {
        await take(pen).execute(tx);
        await sql`select pg_sleep(0.05)`.execute(tx);
        await take(mug).execute(tx);
      });
      await taking.catch(() => {});
      await sql`select pg_sleep(random() * 0.2)`.execute(it.database.db);
    }
  })();
  await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'b', n: 2 }));
  await it.start({
    handle: async (data, delivery) => {
      await take(mug).execute(delivery.tx);
      await take(pen).execute(delivery.tx);
      await write(data, delivery);
    },
  });
  await handled('a', 1).finally(() => handled('b', 2).finally(() => (stopped = true)));
  await job;
});

test('a parked event whose tries look like an outage does not keep others from theirs', async () => {
  await lockStock();
  const isParked = async (key: string) => (await listParked(it.database.db, { key })).length > 0;
  let isMended = false;
  await it.start({
    retry: { attempts: 50, inPlace: 1, delay: 20, maxDelay: 20 },
    handle: async (data, { tx, attempt }) => {
      if (attempt === 1 || (!isMended && data.n > 2)) throw new Error('not yet');
      if (data.n === 1) await sql`select from stock for update nowait`.execute(tx);
      if (data.n === 2) throw away();
      await write(data, { tx, attempt });
    },
  });
  for (const n of [1, 2, 3]) await it.publish(it.Happened({ key: `key ${n}`, n }));
  for (const n of [1, 2, 3]) await waitUntil(`${n} is parked`, () => isParked(`key ${n}`));
  isMended = true;
  await handled('key 3', 3);
  await waitUntil('its tries are counted', async () => {
    const [parked] = await listParked(it.database.db, { key: 'key 1' });
    return parked!.attempts > 2;
  });
  await unlock!();
  await handled('key 1', 1);
});
