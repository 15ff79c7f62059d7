/**
 * What would go wrong: an event that fails for a while blocks its partition, or is overtaken by later events of its
 * own key, or takes down other handlers and keys with it.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { Permanent } from '../handler/errors.ts';
import type { Delivery } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { discardParked, listParked, redriveParked } from './parked.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

const operator = { by: 'ops', why: 'fixed' };
let broken: Set<number>;
beforeEach(() => {
  broken = new Set();
});

/** Writes, and fails for the numbers in `broken`. */
async function fragile(data: { key: string; n: number }, delivery: Delivery) {
  await write(data, delivery);
  if (broken.has(data.n)) throw new Error(`${data.n} is broken`);
}
const soon = { inPlace: 1, attempts: 1_000, delay: 10, maxDelay: 10 };
const once = { inPlace: 1, attempts: 1 };
const happened = (key: string, ...numbers: number[]) => numbers.map((n) => it.Happened({ key, n }));

test('followers of a parked event wait for it, other keys do not, and all are handled in order once it works', async () => {
  broken.add(2);
  await it.start({ handle: fragile, retry: soon });
  await it.publish(...happened('a', 1, 2, 3), ...happened('b', 11, 12));
  await it.publish(...happened('a', 4), ...happened('b', 13));
  await waitUntil('the other key is done', async () => (await it.effects('b')).length === 3);
  const behind = async () => (await listParked(it.database.db)).map(({ behind }) => behind);
  await waitUntil('its key is parked', async () => String(await behind()) === 'false,true,true');
  expect(await it.effects('a')).toEqual([1]);
  broken.clear();
  await waitUntil('the parked key is done', async () => (await it.effects('a')).length === 4);
  expect(await it.effects('a')).toEqual([1, 2, 3, 4]);
  expect(await listParked(it.database.db)).toEqual([]);
});

test('what is parked behind an event that is handled at the same time is due at once', async () => {
  broken.add(1);
  let hasBegun = false;
  const { promise: isDone, resolve: finish } = Promise.withResolvers<void>();
  await it.start(
    { id: 'fragile', handle: fragile, retry: soon },
    {
      id: 'slow',
      handle: async ({ n }) => {
        if (n !== 2) return;
        hasBegun = true;
        await isDone;
      },
    },
  );
  await it.publish(...happened('a', 1));
  await waitUntil('it is parked', async () => (await listParked(it.database.db)).length === 1);
  await it.publish(...happened('a', 2));
  await waitUntil('its follower is in hand', () => hasBegun);
  broken.clear();
  await waitUntil('it is handled', async () => (await it.effects('a')).length === 1);
  finish();
  await waitUntil('its follower is handled', async () => (await it.effects('a')).length === 2);
});

test('another handler of the same event does not notice', async () => {
  broken.add(1);
  const other: number[] = [];
  await it.start(
    { id: 'fragile', handle: fragile, retry: soon },
    { id: 'robust', handle: async ({ n }) => void other.push(n) },
  );
  await it.publish(...happened('a', 1, 2));
  await waitUntil('the other handler is done', () => other.includes(2));
  expect(await it.effects('a')).toEqual([]);
});

test('each try of a parked event is counted, in the database too', async () => {
  broken.add(1);
  const attempts: number[] = [];
  await it.start({
    retry: soon,
    handle: async (data, delivery) => {
      attempts.push(delivery.attempt);
      await fragile(data, delivery);
    },
  });
  await it.publish(...happened('a', 1));
  await waitUntil('it was tried some times', () => attempts.length > 5);
  broken.clear();
  await waitUntil('it is handled', async () => (await it.effects('a')).length > 0);
  expect(attempts.slice(1)).toEqual(attempts.slice(1).map((_, index) => index + 1));
});

test('behind a dead event its key waits until it is redriven; then all go on in order', async () => {
  broken.add(1);
  await it.start({ handle: fragile, retry: once });
  await it.publish(...happened('a', 1, 2));
  await waitUntil('both are parked', async () => (await listParked(it.database.db)).length === 2);
  expect(await listParked(it.database.db)).toMatchObject([
    { state: 'dead', reason: '1 is broken', attempts: 1, behind: false },
    { state: 'waiting', reason: null, behind: true },
  ]);
  broken.clear();
  expect(await redriveParked(it.database.db, { state: 'dead' }, operator)).toBe(1);
  it.inboxes[0]!.wake();
  await waitUntil('both are handled', async () => (await it.effects('a')).length === 2);
  expect(await it.effects('a')).toEqual([1, 2]);
  const { rows } = await it.database.pool.query('select action, by, why from inbox_action');
  expect(rows).toEqual([{ action: 'redrive', ...operator }]);
});

test('a discarded event is never handled, and its followers go on', async () => {
  await it.start({
    handle: async (data, delivery) => {
      if (data.n === 1) throw new Permanent('never');
      await write(data, delivery);
    },
  });
  await it.publish(...happened('a', 1, 2, 3));
  await waitUntil('all are parked', async () => (await listParked(it.database.db)).length === 3);
  expect(await discardParked(it.database.db, { reason: 'NEVER' }, operator)).toBe(1);
  it.inboxes[0]!.wake();
  await waitUntil('the followers are handled', async () => (await it.effects('a')).length === 2);
  expect(await it.effects('a')).toEqual([2, 3]);
});

test('with afterDeath continue the key goes on without its dead event', async () => {
  broken.add(1);
  await it.start({ handle: fragile, retry: once, afterDeath: 'continue' });
  await it.publish(...happened('a', 1, 2));
  await waitUntil('the follower is handled', async () => (await it.effects('a')).includes(2));
  expect(await listParked(it.database.db)).toMatchObject([{ state: 'dead', reason: '1 is broken' }]);
});

test('a parked event that is delivered again is not handled twice', async () => {
  broken.add(1);
  await it.start({ handle: fragile, retry: soon });
  const event = it.Happened({ key: 'a', n: 1 });
  await it.publish(event);
  const [parked] = await waitUntil('it is parked', async () => {
    const found = await listParked(it.database.db);
    return found.length > 0 ? found : undefined;
  });
  await it.send({ value: parked!.payload, headers: parked!.headers });
  broken.clear();
  await it.publish(...happened('a', 2));
  await waitUntil('the next is handled', async () => (await it.effects('a')).includes(2));
  expect(await it.effects('a')).toEqual([1, 2]);
});

test('parked events survive a restart and are shared by instances', async () => {
  broken.add(1);
  const inbox = await it.start({ handle: fragile, retry: soon });
  await it.publish(...happened('a', 1, 2));
  await waitUntil('both are parked', async () => (await listParked(it.database.db)).length === 2);
  await inbox.stop();
  broken.clear();
  await it.start({ handle: fragile, retry: soon });
  await it.start({ handle: fragile, retry: soon });
  await waitUntil('both are handled', async () => (await it.effects('a')).length >= 2);
  expect(await it.effects('a')).toEqual([1, 2]);
});
