import { afterEach, expect, test } from '@jest/globals';
import { silentLogger } from '@everyhop/telemetry';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { startConsumer, type ConsumedBatch, type Consumer } from './consumer.ts';
import { Producers } from '../producer/producer.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop } of open.splice(0)) await stop();
});

async function newTopic(partitions = 1) {
  const topic = randomName('test.consumer');
  await createTopics({ brokers, topics: [{ topic, partitions, replicationFactor: 1 }] });
  return topic;
}

async function send(topic: string, ...values: string[]) {
  const producers = new Producers({ brokers });
  const producer = await producers.open();
  await producer.send(
    values.map((value) => ({ topic, key: 'a', value: Buffer.from(value), headers: { h: 'x' } })),
  );
  await producers.disconnect();
}

async function consume(
  topic: string,
  groupId: string,
  handleBatch: (batch: ConsumedBatch) => Promise<void>,
): Promise<Consumer> {
  const consumer = await startConsumer({ brokers, groupId, topics: [topic], handleBatch });
  open.push(consumer);
  return consumer;
}

const valuesOf = ({ messages }: ConsumedBatch) => messages.map(({ value }) => value!.toString());

test('a new group reads from the beginning, in order, with headers', async () => {
  const topic = await newTopic();
  await send(topic, '1', '2', '3');
  const seen: string[] = [];
  const headers: unknown[] = [];
  await consume(topic, randomName('group'), async (batch) => {
    seen.push(...valuesOf(batch));
    headers.push(...batch.messages.map((message) => message.headers!['h']!.toString()));
  });
  await waitUntil('all have arrived', () => seen.length >= 3);
  expect(seen).toEqual(['1', '2', '3']);
  expect(headers).toEqual(['x', 'x', 'x']);
});

test('a batch whose handling failed is delivered again, and none is skipped', async () => {
  const topic = await newTopic();
  await send(topic, '1', '2');
  const seen: string[][] = [];
  await consume(topic, randomName('group'), async (batch) => {
    seen.push(valuesOf(batch));
    if (seen.length === 1) throw new Error('not yet');
  });
  await waitUntil('it has been delivered twice', () => seen.length >= 2);
  expect(seen.slice(0, 2)).toEqual([
    ['1', '2'],
    ['1', '2'],
  ]);
});

test('a consumer that stopped has committed what it handled, and its successor goes on behind it', async () => {
  const topic = await newTopic();
  const group = randomName('group');
  const first: string[] = [];
  await send(topic, '1', '2');
  const consumer = await consume(topic, group, async (batch) => void first.push(...valuesOf(batch)));
  await waitUntil('the first two are handled', () => first.length === 2);
  await consumer.stop();
  await send(topic, '3');
  const second: string[] = [];
  await consume(topic, group, async (batch) => void second.push(...valuesOf(batch)));
  await waitUntil('the third is handled', () => second.length > 0);
  expect(second).toEqual(['3']);
});

test('a non-retriable crash rebuilds the consumer', async () => {
  const topic = await newTopic();
  await send(topic, '1');
  const seen: string[] = [];
  const said: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, message: string) => said.push(message) };
  const consumer = await startConsumer({
    brokers,
    logger,
    groupId: randomName('group'),
    topics: [topic],
    handleBatch: async (batch) => {
      seen.push(...valuesOf(batch));
      if (seen.length === 1) throw Object.assign(new Error('broken'), { retriable: false });
    },
  });
  open.push(consumer);
  await waitUntil('the rebuilt consumer has read it again', () => seen.length >= 2);
  expect(seen.slice(0, 2)).toEqual(['1', '1']);
  expect(said).toContain('the Kafka consumer gave up; building a new one');
});

// toPositive(murmur2(key)) % 6, computed with org.apache.kafka.common.utils.Utils
test.each([
  ['a', 4],
  ['b', 2],
  ['Zoë', 4],
])('the key %s goes to the partition that Java clients choose', async (key, expected) => {
  const topic = await newTopic(6);
  const producers = new Producers({ brokers });
  const producer = await producers.open();
  await producer.send([{ topic, key, value: null, headers: {} }]);
  await producers.disconnect();
  const partitions: number[] = [];
  await consume(topic, randomName('group'), async ({ partition }) => void partitions.push(partition));
  await waitUntil('it has arrived', () => partitions.length > 0);
  expect(partitions).toEqual([expected]);
});
