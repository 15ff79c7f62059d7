/**
 * What would go wrong: the records at a group's offset are gone (retention, a topic that was made anew), and the
 * consumer stands still for ever, or starts somewhere without a word.
 */
import { afterEach, expect, test } from '@jest/globals';
import { silentLogger } from '@everyhop/telemetry';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { createClient } from '../connection/client.ts';
import { startConsumer, type Consumer } from './consumer.ts';
import { Producers } from '../producer/producer.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const admin = createClient({ brokers }).admin();
let consumer: Consumer | undefined;
afterEach(async () => {
  await consumer?.stop();
  await admin.disconnect();
});

const said: string[] = [];
const logger = { ...silentLogger, warn: (_: object, message: string) => said.push(message) };
const topics = (topic: string) => [{ topic, partitions: 1, replicationFactor: 1 }];

async function send(topic: string, ...values: string[]) {
  const producers = new Producers({ brokers });
  const producer = await producers.open();
  await producer.send(values.map((value) => ({ topic, key: 'a', value: Buffer.from(value), headers: {} })));
  await producers.disconnect();
}

async function consume(topic: string, groupId: string) {
  const seen: string[] = [];
  consumer = await startConsumer({
    brokers,
    logger,
    groupId,
    topics: [topic],
    handleBatch: async ({ messages }) => void seen.push(...messages.map(({ value }) => value!.toString())),
  });
  return seen;
}

test('an offset behind the end, as after a restore, is said, and consumption goes on from the beginning', async () => {
  const topic = randomName('test.lost');
  const groupId = randomName('group');
  await createTopics({ brokers, topics: topics(topic) });
  await send(topic, '1', '2');
  await admin.connect();
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1000' }] });
  const seen = await consume(topic, groupId);
  await waitUntil('the records have arrived', () => seen.length >= 2);
  expect(seen).toEqual(['1', '2']);
  expect(said.join('\n')).toMatch(/offset/i);
});

test('a topic that is deleted and made anew is consumed from its beginning', async () => {
  const topic = randomName('test.anew');
  await createTopics({ brokers, topics: topics(topic) });
  await send(topic, 'old 1', 'old 2', 'old 3');
  const seen = await consume(topic, randomName('group'));
  await waitUntil('the old ones have arrived', () => seen.length === 3);
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await waitUntil('it is gone', async () => !(await admin.listTopics()).includes(topic));
  await waitUntil(
    'it is made anew',
    async () => (await createTopics({ brokers, topics: topics(topic) })).length > 0,
  );
  await send(topic, 'new 1');
  await waitUntil('the new one has arrived', () => seen.includes('new 1'), { timeoutMs: 40_000 });
}, 90_000);
