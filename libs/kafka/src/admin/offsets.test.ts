import { afterEach, expect, test } from '@jest/globals';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { startConsumer, type Consumer } from '../consumer/consumer.ts';
import { deleteGroup, positionsOf, resetOffsets } from './offsets.ts';
import { Producers } from '../producer/producer.ts';
import { createTopics } from './topics.ts';

const { brokers } = engines;
let consumer: Consumer | undefined;
afterEach(async () => {
  await consumer?.stop();
  consumer = undefined;
});

/** A topic of one partition with these records, and a group that has not seen it. */
async function topicWith(...values: string[]) {
  const topic = randomName('test.offsets');
  await createTopics({ brokers, topics: [{ topic, partitions: 1, replicationFactor: 1 }] });
  const producers = new Producers({ brokers });
  const producer = await producers.open();
  const send = (...more: string[]) =>
    producer.send(more.map((value) => ({ topic, key: 'a', value: Buffer.from(value), headers: {} })));
  await send(...values);
  return { topic, groupId: randomName('group'), send, [Symbol.asyncDispose]: () => producers.disconnect() };
}

/** The values that the group is given, until it has come to the end. */
async function readToEnd(topic: string, groupId: string): Promise<string[]> {
  const values: string[] = [];
  const handleBatch = async ({ messages }: { messages: { value: Buffer | null }[] }) =>
    void values.push(...messages.map(({ value }) => value!.toString()));
  consumer = await startConsumer({ brokers, groupId, topics: [topic], handleBatch });
  await waitUntil('it is at the end', async () => {
    const [position] = await positionsOf({ brokers, groupId, topic });
    return position!.next === position!.end;
  });
  return values;
}

test('a group that has read nothing stands at the beginning, one that has read all at the end', async () => {
  await using it = await topicWith('1', '2', '3');
  const position = () => positionsOf({ brokers, ...it });
  expect(await position()).toEqual([{ partition: 0, next: 0n, end: 3n }]);
  await readToEnd(it.topic, it.groupId);
  expect(await position()).toEqual([{ partition: 0, next: 3n, end: 3n }]);
});

test('a group can be set to an offset, or to a time', async () => {
  await using it = await topicWith('1', '2');
  await resetOffsets({ brokers, ...it, to: 1n });
  expect(await readToEnd(it.topic, it.groupId)).toEqual(['2']);
  await consumer!.stop();
  // Timestamps count in milliseconds: the clock has to move on.
  const before = Date.now();
  await waitUntil('it is later', () => Date.now() > before);
  const time = new Date();
  await it.send('3');
  await resetOffsets({ brokers, ...it, to: time });
  expect(await readToEnd(it.topic, it.groupId)).toEqual(['3']);
});

test('an offset or a time after the last record is the end', async () => {
  await using it = await topicWith('1', '2');
  for (const to of [99n, new Date(Date.now() + 60_000)]) {
    await resetOffsets({ brokers, ...it, to });
    expect(await positionsOf({ brokers, ...it })).toMatchObject([{ next: 2n }]);
  }
});

test('a time before all that Kafka knows of is the beginning', async () => {
  await using it = await topicWith('1', '2');
  for (const time of ['0354-06-12T10:33:14Z', '1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z']) {
    await resetOffsets({ brokers, ...it, to: new Date(time) });
    expect(await positionsOf({ brokers, ...it })).toMatchObject([{ next: 0n }]);
  }
});

test('a group that is deleted stands at the beginning again', async () => {
  await using it = await topicWith('1');
  await readToEnd(it.topic, it.groupId);
  await consumer!.stop();
  await deleteGroup({ brokers, ...it });
  expect(await positionsOf({ brokers, ...it })).toMatchObject([{ next: 0n }]);
});
