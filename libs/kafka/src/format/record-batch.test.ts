/** What would go wrong: a record that is encoded here arrives as another one, or is refused by the broker. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { startConsumer, type Consumer } from '../consumer/consumer.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { Producers, type Producer } from '../producer/producer.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const topic = randomName('test.batch');
const producers = new Producers({ brokers });
const arrived: KafkaMessage[] = [];
let producer: Producer;
let consumer: Consumer;

beforeAll(async () => {
  await createTopics({ brokers, topics: [{ topic, partitions: 1, replicationFactor: 1 }] });
  producer = await producers.open();
  consumer = await startConsumer({
    brokers,
    groupId: randomName('group'),
    topics: [topic],
    handleBatch: async ({ messages }) => void arrived.push(...messages),
  });
});
afterAll(async () => {
  await consumer.stop();
  await producers.disconnect();
});

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 3_000 }).map((array) => Buffer.from(array));
const value = fc.oneof(text, bytes);
const record: fc.Arbitrary<OutgoingRecord> = fc.record({
  topic: fc.constant(topic),
  key: fc.option(text),
  value: fc.option(bytes),
  headers: fc.dictionary(
    // What every object has, such as toString, is a name like any other.
    fc.oneof(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)),
    ),
    fc.oneof(fc.option(value), fc.array(fc.option(value), { minLength: 2, maxLength: 3 })),
    { maxKeys: 12 },
  ),
});

const toBytes = (one: string | Buffer | null) => (one === null ? null : Buffer.from(one));
const asSent = ({ key, value, headers }: OutgoingRecord) => ({
  key: toBytes(key),
  value,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, of]) => [name, Array.isArray(of) ? of.map(toBytes) : toBytes(of)]),
  ),
});
const asArrived = ({ key, value, headers }: KafkaMessage) => ({ key, value, headers: { ...headers } });

test('whatever is in a record arrives as it was sent, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 40 }), async (records) => {
      const before = arrived.length;
      await producer.send(records);
      await waitUntil('it has arrived', () => arrived.length >= before + records.length);
      expect(arrived.slice(before).map(asArrived)).toEqual(records.map(asSent));
    }),
    { numRuns: 30 },
  );
});

test('a record of nearly the largest size arrives whole', async () => {
  const large = { topic, key: 'large', value: Buffer.alloc(1_000_000, 'x'), headers: { h: 'y'.repeat(200) } };
  const before = arrived.length;
  await producer.send([large]);
  await waitUntil('it has arrived', () => arrived.length > before);
  expect(arrived.at(-1)!.value!.equals(large.value)).toBe(true);
});

test('it has the time at which it was sent', async () => {
  const from = Date.now();
  const before = arrived.length;
  await producer.send([{ topic, key: 'now', value: null, headers: {} }]);
  await waitUntil('it has arrived', () => arrived.length > before);
  expect(Number(arrived.at(-1)!.timestamp)).toBeGreaterThanOrEqual(from);
  expect(Number(arrived.at(-1)!.timestamp)).toBeLessThanOrEqual(Date.now());
});
