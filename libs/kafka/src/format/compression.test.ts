/** What would go wrong: a topic, or another producer, compresses, and no consumer ever gets past that record. */
import { expect, test } from '@jest/globals';
import { engines, randomName } from '@everyhop/testing';
import type { Compression } from './compression.ts';
import { Producers } from '../producer/producer.ts';
import { readValues } from '../connection/read-values.fixture.ts';
import { encodeRecordBatch } from './record-batch.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const methods: Compression[] = ['gzip', 'snappy', 'lz4', 'zstd'];

// Larger than a block of any method.
const values = Array.from({ length: 3_000 }, (_, index) => `order ${index} ${'goes its way '.repeat(8)}`);
const recordsFor = (topic: string) =>
  values.map((value) => ({ topic, key: null, value: Buffer.from(value), headers: { ce_type: 'Tested' } }));

async function sentAndRead(compression: Compression | undefined, config: Record<string, string>) {
  const topic = randomName('test.compression');
  await createTopics({ brokers, topics: [{ topic, partitions: 1, replicationFactor: 1, config }] });
  const producers = new Producers({ brokers, compression });
  await (await producers.open()).send(recordsFor(topic));
  await producers.disconnect();
  return readValues(topic, values.length);
}

test.each(methods)('what a topic has compressed with %s is read', async (method) => {
  expect(await sentAndRead(undefined, { 'compression.type': method })).toEqual(values);
});

test.each(methods)(
  'what is sent compressed with %s can be read by the broker, and is read',
  async (method) => {
    // To compress it in another way, the broker has to read it first.
    const another = method === 'gzip' ? 'zstd' : 'gzip';
    expect(await sentAndRead(method, { 'compression.type': another })).toEqual(values);
    expect(await sentAndRead(method, {})).toEqual(values);
  },
);

test.each(methods)('a batch compressed with %s takes less than half', async (method) => {
  const header = { producerId: '1', producerEpoch: 0, firstSequence: 0, timestamp: Date.now() };
  const records = recordsFor('test.compression');
  const [plain, compressed] = [
    await encodeRecordBatch(records, header),
    await encodeRecordBatch(records, header, method),
  ];
  expect(compressed.length).toBeLessThan(plain.length / 2);
});
