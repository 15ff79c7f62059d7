/**
 * What would go wrong: a replay meets an event that fails now and leaves it out without a word, and the read model is
 * wrong for ever; or nobody can see why it stands still, or get rid of it.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listActions } from '../ledger/action.ts';
import { listParked } from '../parking/parked.ts';
import { cancelReplay, listReplays } from './replay.ts';

let it: TestService;
let gate: PromiseWithResolvers<void>;
beforeEach(async () => {
  gate = Promise.withResolvers();
  it = await testService();
});
// Nobody is left waiting, however the test ended.
afterEach(() => {
  gate.resolve();
  return it.stop();
});

const operator = { by: 'ops', why: 'the read model was lost' };
let broken: boolean;

/** Three events that were handled, and a replay that fails at the second; a fourth waits behind it. */
async function stuckReplay() {
  broken = true;
  const inbox = await it.start({
    replayable: true,
    handle: async (data, delivery) => {
      await write(data, delivery);
      if (delivery.replay && data.n === 2 && broken) throw new Error('there is no such column');
    },
  });
  const events = [1, 2, 3].map((n) => it.Happened({ key: 'a', n }));
  await it.publish(...events);
  await waitUntil('all are handled', async () => (await it.effects('a')).length === 3);
  const [replay] = await inbox.replay({}, operator);
  await waitUntil('it says why it stands still', async () => (await listReplays(it.database.db))[0]!.failure);
  await it.publish(it.Happened({ key: 'a', n: 4 }));
  await waitUntil('the live event waits', async () => (await listParked(it.database.db)).length === 1);
  return { inbox, id: replay!.id, failing: events[1]! };
}

test('it stops at an event that fails, says which and why, and goes on when that works', async () => {
  const { failing } = await stuckReplay();
  expect(await listReplays(it.database.db)).toMatchObject([
    { state: 'running', handled: 1, failure: `event ${failing.id} of key a: there is no such column` },
  ]);
  expect(it.warnings).toContainEqual(expect.objectContaining({ message: 'a replay makes no progress' }));
  broken = false;
  await waitUntil('all are handled', async () => (await it.effects('a')).length === 7);
  expect(await it.effects('a')).toEqual([1, 2, 3, 1, 2, 3, 4]);
  expect(await listReplays(it.database.db)).toMatchObject([{ state: 'finished', handled: 3, failure: null }]);
});

test('cancelled, it ends where it is, and what waited behind it goes on', async () => {
  const { inbox, id } = await stuckReplay();
  expect(await cancelReplay(it.database.db, id, { by: 'ops', why: 'not needed' })).toBe(true);
  inbox.wake();
  await waitUntil('the live event is handled', async () => (await it.effects('a')).includes(4));
  expect(await it.effects('a')).toEqual([1, 2, 3, 1, 4]);
  expect(await listReplays(it.database.db)).toMatchObject([{ state: 'cancelled', handled: 1 }]);
  expect(await listActions(it.database.db)).toMatchObject([{ action: 'cancel', why: 'not needed' }, {}]);
  expect(await cancelReplay(it.database.db, id, operator)).toBe(false);
});

test('cancelled while an event is in hand, it undoes that', async () => {
  const inHand = Promise.withResolvers<void>();
  const inbox = await it.start({
    replayable: true,
    handle: async (data, delivery) => {
      await write(data, delivery);
      if (!delivery.replay) return;
      inHand.resolve();
      await gate.promise;
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is handled', async () => (await it.effects('a')).length === 1);
  const [replay] = await inbox.replay({}, operator);
  await inHand.promise;
  await cancelReplay(it.database.db, replay!.id, operator);
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await waitUntil('live events go on', async () => (await it.effects('a')).includes(2));
  gate.resolve();
  await inbox.stop();
  expect(await it.effects('a')).toEqual([1, 2]);
});
