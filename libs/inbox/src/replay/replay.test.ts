/**
 * What would go wrong: a read model that was lost can't be had again; or it is rebuilt while live events go on, and
 * these overtake the past ones, are lost, or counted twice.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';
import { listReplays } from './replay.ts';

let it: TestService;
let gate: PromiseWithResolvers<void>;
beforeEach(async () => {
  gate = Promise.withResolvers();
  it = await testService({ partitions: 3 });
});
// Nobody is left waiting, however the test ended.
afterEach(() => {
  gate.resolve();
  return it.stop();
});

const operator = { by: 'ops', why: 'the read model was lost' };
const keys = ['a', 'b', 'c', 'd', 'e'];
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** Publishes these numbers for each key, one transaction a number. */
async function publish(from: number, to: number) {
  for (const n of numbers(from, to)) await it.publish(...keys.map((key) => it.Happened({ key, n })));
}

async function allHave(count: number) {
  const have = async () => {
    const effects = await Promise.all(keys.map((key) => it.effects(key)));
    return effects.every(({ length }) => length >= count);
  };
  await waitUntil(`all keys have ${count}`, have, { timeoutMs: 40_000 });
}

const forget = () => it.database.pool.query('truncate effects');

async function finished() {
  return waitUntil('the replay is finished', async () => {
    const [replay] = await listReplays(it.database.db);
    return replay!.state === 'finished' && replay;
  });
}

test('a read model that was emptied is rebuilt in order while live events keep coming', async () => {
  const inbox = await it.start({
    replayable: true,
    handle: async (data, delivery) => {
      if (delivery.replay) await gate.promise;
      await write(data, delivery);
    },
  });
  await publish(1, 20);
  await allHave(20);
  await forget();
  await inbox.replay({}, operator);
  const live = publish(21, 40);
  await waitUntil('a live event waits', async () => (await listParked(it.database.db)).length > 0);
  expect(await listParked(it.database.db, { state: 'dead' })).toEqual([]);
  gate.resolve();
  await live;
  await allHave(40);
  for (const key of keys) expect(await it.effects(key)).toEqual(numbers(1, 40));
  expect(await listParked(it.database.db)).toEqual([]);
  expect(await finished()).toMatchObject({ ...operator, from: 'beginning', handled: 100, remaining: 0 });
});

test('a live event that was in hand when the replay began is waited for, and then handled again too', async () => {
  const inHand = Promise.withResolvers<void>();
  const seen: string[] = [];
  const inbox = await it.start({
    replayable: true,
    handle: async ({ key }, { replay }) => {
      if (key === 'b' && !replay) {
        inHand.resolve();
        await gate.promise;
      }
      seen.push(`${key} ${replay ? 'again' : 'live'}`);
    },
  });
  // Of different partitions, so that nothing else makes one wait for the other.
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('the first is handled', () => seen.length === 1);
  await it.publish(it.Happened({ key: 'b', n: 2 }));
  await inHand.promise;
  await inbox.replay({}, operator);
  await waitUntil('it waits', async () => {
    const { rows } = await it.database.pool.query(
      `select from pg_stat_activity
       where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()
         and query ~ 'virtualtransaction = any'`,
    );
    return rows.length > 0;
  });
  expect(seen).toEqual(['a live']);
  gate.resolve();
  await finished();
  expect(seen.slice(0, 2)).toEqual(['a live', 'b live']);
  expect(seen.slice(2).sort()).toEqual(['a again', 'b again']);
});

test('a new handler of a service is given what happened before it came', async () => {
  const old = await it.start({ id: 'old', handle: async () => {} });
  await publish(1, 3);
  await waitUntil('the old one has handled all', async () => {
    const { rows } = await it.database.pool.query('select count(*)::int as n from inbox');
    return rows[0].n === 15;
  });
  await old.stop();
  const inbox = await it.start({ id: 'new', replayable: true, handle: write });
  await inbox.replay({ handler: 'new' }, operator);
  await publish(4, 5);
  await allHave(5);
  for (const key of keys) expect(await it.effects(key)).toEqual([1, 2, 3, 4, 5]);
});

test('what the inbox has forgotten by now is handled again like the rest', async () => {
  const inbox = await it.start({ replayable: true, handle: write });
  await publish(1, 6);
  await allHave(6);
  await it.database.pool.query(
    `delete from inbox where event_id in (select event_id from inbox order by handled_at limit 12)`,
  );
  await forget();
  await inbox.replay({}, operator);
  expect((await finished()).handled).toBe(30);
  for (const key of keys) expect(await it.effects(key)).toEqual(numbers(1, 6));
});

test('of one key only its events are handled again, and only it waits', async () => {
  const inbox = await it.start({
    replayable: true,
    handle: async (data, delivery) => {
      if (delivery.replay) await gate.promise;
      await write(data, delivery);
    },
  });
  await publish(1, 3);
  await allHave(3);
  await it.database.pool.query(`delete from effects where key = 'b'`);
  await inbox.replay({ key: 'b' }, operator);
  await publish(4, 4);
  await waitUntil('another key goes on', async () => (await it.effects('a')).includes(4));
  expect(await it.effects('b')).toEqual([]);
  gate.resolve();
  await allHave(4);
  for (const key of keys) expect(await it.effects(key)).toEqual([1, 2, 3, 4]);
});

test('a replay may begin at a time, or at an offset', async () => {
  const inbox = await it.start({ replayable: true, handle: write });
  await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'a', n: 2 }));
  await waitUntil('two are handled', async () => (await it.effects('a')).length === 2);
  const before = Date.now();
  await waitUntil('it is later', () => Date.now() > before);
  const time = new Date();
  await it.publish(it.Happened({ key: 'a', n: 3 }));
  await waitUntil('three are handled', async () => (await it.effects('a')).length === 3);
  await inbox.replay({ from: time }, operator);
  expect(await finished()).toMatchObject({ from: time.toISOString(), handled: 1 });
  expect(await it.effects('a')).toEqual([1, 2, 3, 3]);
  await inbox.replay({ from: 1n }, operator);
  expect(await finished()).toMatchObject({ from: '1', handled: 2 });
  expect(await it.effects('a')).toEqual([1, 2, 3, 3, 2, 3]);
}, 90_000);
