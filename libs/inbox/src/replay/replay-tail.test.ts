/**
 * What would go wrong: the records that a replay has still to read are gone, or the last of them is none that anybody is
 * given, and it never ends; all live events of its handler wait behind it.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commitOffsets } from '@everyhop/kafka/admin';
import { engines, waitUntil } from '@everyhop/testing';
import { abortTransaction, expire } from '../expire.fixture.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { replayGroup } from './replay-bounds.ts';
import { listReplays } from './replay.ts';

let it: TestService;
let gate: PromiseWithResolvers<void>;
beforeEach(async () => {
  gate = Promise.withResolvers();
  it = await testService();
});
afterEach(() => {
  gate.resolve();
  return it.stop();
});

const operator = { by: 'ops', why: 'the read model was lost' };

const start = () =>
  it.start({
    replayable: true,
    handle: async (data, delivery) => {
      if (delivery.replay) await gate.promise;
      await write(data, delivery);
    },
  });

async function publish(...numbers: number[]) {
  for (const n of numbers) await it.publish(it.Happened({ key: 'a', n }));
  await waitUntil('all are handled', async () => (await it.effects('a')).includes(numbers.at(-1)!));
}

const replay = async () => (await listReplays(it.database.db))[0]!;
const finished = () => waitUntil('the replay is over', async () => (await replay()).state === 'finished');

test('a replay to whose end nothing is left ends, and live events go on', async () => {
  const inbox = await start();
  await publish(1, 2, 3);
  await inbox.stop();
  await expire(it.Happened.topic, '-1');
  gate.resolve();
  await (await start()).replay({}, operator);
  await finished();
  expect(await replay()).toMatchObject({ handled: 0, remaining: 0 });
  await publish(4);
});

test('a replay whose remaining records expire while it goes on ends', async () => {
  const inbox = await start();
  await publish(1, 2, 3);
  const { id } = (await inbox.replay({}, operator))[0]!;
  await waitUntil('it has looked how far it goes', async () => (await replay()).remaining === 3);
  const stopping = inbox.stop();
  gate.resolve();
  await stopping;
  // What the broker may do between two instances: the first had read one record.
  const group = {
    groupId: replayGroup(it.service, id),
    places: [{ topic: it.Happened.topic, partition: 0, offset: 1n }],
  };
  await waitUntil('the first has left', () =>
    commitOffsets({ brokers: engines.brokers }, [group]).then(
      () => true,
      () => false,
    ),
  );
  await it.database.pool.query('update inbox_replay set finished_at = null');
  await expire(it.Happened.topic, '-1');
  await start();
  await finished();
  expect(await replay()).toMatchObject({ remaining: 0 });
});

test.each(['0', 'beginning'])(
  'a replay from %s ends that ends with a transaction that was given up',
  async (from) => {
    const inbox = await start();
    await publish(1, 2);
    await abortTransaction(it.Happened.topic);
    gate.resolve();
    await inbox.replay({ from: from === 'beginning' ? from : BigInt(from) }, operator);
    await finished();
    expect(await replay()).toMatchObject({ handled: 2, remaining: 0 });
    await publish(3);
  },
);
