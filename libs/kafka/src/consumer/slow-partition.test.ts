/** What would go wrong: one slow partition or topic holds up all others that the consumer reads. */
import { afterEach, expect, test } from '@jest/globals';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { startConsumer, type ConsumedBatch, type Consumer } from './consumer.ts';
import { positionsOf } from '../admin/offsets.ts';
import { Producers } from '../producer/producer.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const producers = new Producers({ brokers });
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop } of open.splice(0)) await stop();
  await producers.disconnect();
});

const partitions = 4;

async function send(topic: string, ...values: string[]) {
  const producer = await producers.open();
  await producer.send(
    values.flatMap((value) =>
      // One for each partition and more.
      Array.from({ length: 20 }, (_, key) => ({
        topic,
        key: String(key),
        value: Buffer.from(value),
        headers: {},
      })),
    ),
  );
}

/** Consumes a topic whose handling waits until it is released, and one whose does not. */
async function consumeBoth() {
  const [slow, quick] = [randomName('test.slow'), randomName('test.quick')];
  await createTopics({
    brokers,
    topics: [slow, quick].map((topic) => ({ topic, partitions, replicationFactor: 1 })),
  });
  const group = randomName('group');
  const released = Promise.withResolvers<void>();
  const seen: { [topic: string]: string[] } = { [slow]: [], [quick]: [] };
  let inHand = 0;
  const handleBatch = async ({ topic, partition, messages }: ConsumedBatch) => {
    inHand++;
    if (topic === slow) await released.promise;
    seen[topic]!.push(...messages.map(({ offset, value }) => `${partition}/${offset} ${value}`));
    inHand--;
  };
  const consumer: Consumer = await startConsumer({
    brokers,
    groupId: group,
    topics: [slow, quick],
    handleBatch,
  });
  open.push({ stop: () => (released.resolve(), consumer.stop()) });
  return { slow, quick, group, consumer, seen, release: released.resolve, inHand: () => inHand };
}

/** All that was handled of the slow topic is committed, and something is. */
async function expectAllCommitted({ group, slow, seen }: Awaited<ReturnType<typeof consumeBoth>>) {
  const positions = await positionsOf({ brokers, groupId: group, topic: slow });
  const committed = positions.reduce((sum, { next }) => sum + Number(next), 0);
  expect(committed).toBe(seen[slow]!.length);
  expect(committed).toBeGreaterThan(0);
}

test('while the partitions of one topic are in hand, those of another go on', async () => {
  const it = await consumeBoth();
  await send(it.slow, '1');
  await waitUntil('the slow ones are in hand', () => it.inHand() > 0);
  for (const [round, value] of ['1', '2', '3'].entries()) {
    await send(it.quick, value);
    await waitUntil('the quick ones are handled', () => it.seen[it.quick]!.length === (round + 1) * 20);
  }
  expect(it.seen[it.slow]).toEqual([]);
});

test('what a slow partition has handled is not delivered again, and what came meanwhile follows in order', async () => {
  const it = await consumeBoth();
  await send(it.slow, '1');
  await waitUntil('the slow ones are in hand', () => it.inHand() > 0);
  await send(it.quick, '1');
  await waitUntil('the quick ones are handled', () => it.seen[it.quick]!.length === 20);
  await send(it.slow, '2');
  it.release();
  await waitUntil('the slow ones are handled', () => it.seen[it.slow]!.length >= 40);
  const slow = it.seen[it.slow]!;
  expect(new Set(slow).size).toBe(40);
  expect(slow.length).toBe(40);
  for (let partition = 0; partition < partitions; partition++) {
    const offsets = slow
      .filter((one) => one.startsWith(`${partition}/`))
      .map((one) => parseInt(one.split('/')[1]!));
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
  }
});

test('stopping waits for a slow partition, and its offset is committed', async () => {
  const it = await consumeBoth();
  await send(it.slow, '1');
  await waitUntil('the slow ones are in hand', () => it.inHand() > 0);
  await send(it.quick, '1');
  await waitUntil('the quick ones are handled', () => it.seen[it.quick]!.length === 20);
  const handled = it.inHand();
  expect(handled).toBeGreaterThan(0);
  const stopped = it.consumer.stop();
  it.release();
  await stopped;
  await expectAllCommitted(it);
});

test('stopping waits for a batch that has only just begun, however long it takes', async () => {
  const it = await consumeBoth();
  await send(it.slow, '1');
  await waitUntil('the slow ones are in hand', () => it.inHand() > 0);
  const begun = performance.now();
  const stopped = it.consumer.stop();
  await waitUntil('it has taken long enough to count as slow', () => performance.now() - begun > 2_500);
  it.release();
  await stopped;
  await expectAllCommitted(it);
});
