/**
 * What would go wrong: a replay of one handler is noticed by others: they handle the events too, or stand still, or
 * what the handler returned is published a second time and the whole system repeats itself.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startConsumer } from '@everyhop/kafka';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { Permanent } from '../handler/errors.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { discardParked, listParked } from '../parking/parked.ts';
import { listReplays } from './replay.ts';

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
const publish = (...numbers: number[]) => it.publish(...numbers.map((n) => it.Happened({ key: 'a', n })));
const finished = () =>
  waitUntil('the replay is finished', async () => {
    const [replay] = await listReplays(it.database.db);
    return replay!.state === 'finished' && replay;
  });

test('another handler of the same events does not see anything, and goes on meanwhile', async () => {
  const other: [n: number, replay: boolean][] = [];
  const inbox = await it.start(
    {
      id: 'view',
      replayable: true,
      handle: async (data, delivery) => {
        if (delivery.replay) await gate.promise;
        await write(data, delivery);
      },
    },
    { id: 'other', replayable: true, handle: async ({ n }, { replay }) => void other.push([n, replay]) },
  );
  await publish(1, 2);
  await waitUntil('both are handled by both', async () => {
    return (await it.effects('a')).length === 2 && other.length === 2;
  });
  await inbox.replay({ handler: 'view' }, operator);
  await publish(3);
  await waitUntil('the other goes on', () => other.length === 3);
  expect(await it.effects('a')).toEqual([1, 2]);
  gate.resolve();
  await waitUntil(
    'the replay and the live event are handled',
    async () => (await it.effects('a')).length === 5,
  );
  expect(await it.effects('a')).toEqual([1, 2, 1, 2, 3]);
  expect(other).toEqual([
    [1, false],
    [2, false],
    [3, false],
  ]);
});

test('what a replayed handler returns is not published again', async () => {
  const followed: number[] = [];
  const consumer = await startConsumer({
    brokers: engines.brokers,
    groupId: randomName('followed'),
    topics: [it.Followed.topic],
    handleBatch: async ({ messages }) => {
      for (const { value } of messages) followed.push((await it.registry.decode(it.Followed, value)).n);
    },
  });
  const inbox = await it.start({
    replayable: true,
    handle: async (data, delivery) => {
      await write(data, delivery);
      return it.Followed(data);
    },
  });
  await publish(1, 2);
  await waitUntil('what follows was published', () => followed.length === 2);
  await inbox.replay({}, operator);
  await finished();
  await publish(3);
  await waitUntil('what follows live was published', () => followed.includes(3));
  await consumer.stop();
  expect(await it.effects('a')).toEqual([1, 2, 1, 2, 3]);
  expect(followed).toEqual([1, 2, 3]);
});

test('what is dead or was discarded is not handled by a replay', async () => {
  const inbox = await it.start({
    replayable: true,
    afterDeath: 'continue',
    handle: async (data, delivery) => {
      if ([2, 4].includes(data.n) && !delivery.replay) throw new Permanent(`not ${data.n}`);
      await write(data, delivery);
    },
  });
  await publish(1, 2, 3, 4, 5);
  await waitUntil('the last is handled', async () => (await it.effects('a')).includes(5));
  await discardParked(it.database.db, { reason: 'not 2' }, operator);
  await inbox.replay({}, operator);
  expect((await finished()).handled).toBe(3);
  expect(await it.effects('a')).toEqual([1, 3, 5, 1, 3, 5]);
  expect(await listParked(it.database.db)).toMatchObject([{ state: 'dead', reason: 'not 4' }]);
});

test('events that were parked before wait for the end of the replay, and then go on in order', async () => {
  let broken = true;
  const inbox = await it.start({
    replayable: true,
    retry: { inPlace: 1, attempts: 1_000, delay: 10, maxDelay: 10 },
    handle: async (data, delivery) => {
      if (delivery.replay) await gate.promise;
      if (data.n === 2 && broken) throw new Error('2 is broken');
      await write(data, delivery);
    },
  });
  await publish(1);
  await waitUntil('the first is handled', async () => (await it.effects('a')).length === 1);
  await publish(2, 3);
  await waitUntil('the others are parked', async () => (await listParked(it.database.db)).length === 2);
  await inbox.replay({}, operator);
  const running = async () => {
    const { rows } = await it.database.pool.query('select remaining from inbox_replay');
    return rows[0].remaining !== null;
  };
  await waitUntil('the replay has begun', running);
  broken = false;
  inbox.wake();
  await publish(4);
  await waitUntil('the live event waits', async () => (await listParked(it.database.db)).length === 3);
  expect(await it.effects('a')).toEqual([1]);
  gate.resolve();
  await waitUntil('all are handled', async () => (await it.effects('a')).length === 5);
  expect(await it.effects('a')).toEqual([1, 1, 2, 3, 4]);
});
