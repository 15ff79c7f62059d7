/**
 * What would go wrong: a batch of a few bytes inflates to all the memory there is, a record with thousands of headers
 * takes minutes of the event loop, a count or a length is believed: the process that reads it ends or loses its
 * partitions, and its successor meets the same bytes.
 */
import { crc32c } from '@node-rs/crc32';
import { expect, test } from '@jest/globals';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { inflate, type Compression } from './compression.ts';
import { startConsumer } from '../consumer/consumer.ts';
import { lz4Size } from './lz4-size.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { Producers } from '../producer/producer.ts';
import { readBatches, type ConsumedRecord } from './read-batches.ts';
import { readLimits, setReadLimits } from './read-limits.ts';
import { encodeRecordBatch } from './record-batch.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const megabyte = 2 ** 20;

const recordOf = (value: Buffer | null, headers: OutgoingRecord['headers'] = {}) => ({
  topic: 'test.bombs',
  key: 'k',
  value,
  headers,
});
const header = { producerId: '1', producerEpoch: 0, firstSequence: 0, timestamp: 1_700_000_000_000 };
const batchOf = (records: OutgoingRecord[], compression?: Compression) =>
  encodeRecordBatch(records, header, compression);

/** What arrives of `bomb`, sent with `compression`, and of a good record behind it. */
async function sendAndReceive(bomb: OutgoingRecord, compression?: Compression): Promise<ConsumedRecord[]> {
  const topic = randomName('test.bombs');
  await createTopics({ brokers, topics: [{ topic, partitions: 1, replicationFactor: 1 }] });
  const producers = new Producers({ brokers, compression });
  const producer = await producers.open();
  await producer.send([{ ...bomb, topic }]);
  await producer.send([{ ...recordOf(Buffer.from('good')), topic }]);
  await producers.disconnect();
  const arrived: ConsumedRecord[] = [];
  const consumer = await startConsumer({
    brokers,
    groupId: randomName('group'),
    topics: [topic],
    handleBatch: async ({ messages }) => void arrived.push(...messages),
  });
  await waitUntil('both have arrived', () => arrived.length >= 2);
  await consumer.stop();
  return arrived;
}

// Snappy does not get 5 % smaller, and the broker takes no more than a megabyte.
test.each<[Compression, number]>([
  ['gzip', 120],
  ['snappy', 18],
  ['lz4', 120],
  ['zstd', 120],
])(
  'a batch that inflates too far, with %s, is handed over as what can not be read',
  async (compression, size) => {
    const [bomb, good] = await sendAndReceive(recordOf(Buffer.alloc(size * megabyte)), compression);
    expect(bomb).toMatchObject({ offset: '0', key: null, value: null });
    expect(bomb!.problem!.message).toMatch(/^the records from 0 to 0, a batch of \d+ bytes, can't be read$/);
    expect((bomb!.problem!.cause as Error).message).toBe(
      `it inflates to more than maxInflatedBytes, ${readLimits.maxInflatedBytes}`,
    );
    expect(good).toMatchObject({ offset: '1', value: Buffer.from('good') });
    expect(good).not.toHaveProperty('problem');
  },
);

test('a record with 20,000 headers is handed over with its bytes, some of its headers, and why', async () => {
  const headers = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`name-${n}`, `${n}`]));
  const [bomb, good] = await sendAndReceive(recordOf(Buffer.from('bytes'), headers));
  expect(bomb).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('bytes') });
  expect(Object.keys(bomb!.headers!)).toHaveLength(100);
  expect(bomb!.problem!.message).toBe('20000 headers, and maxHeaders is 1000');
  expect(good!.value).toEqual(Buffer.from('good'));
});

test('a header whose name has 500 kB is handed over as what is too large', async () => {
  const [bomb] = await sendAndReceive(recordOf(null, { ['x'.repeat(500_000)]: '1' }));
  expect(bomb!.problem!.message).toBe('headers of 500005 bytes, and maxHeaderBytes is 262144');
});

const read = async (batch: Buffer) => {
  const records = await readBatches(batch, randomName('bytes'));
  return records.map(({ value, problem }) =>
    problem ? (problem.cause as Error).message : value?.toString(),
  );
};

/** `batch` after `change`, with the checksum of what it is then. */
function changed(batch: Buffer, change: (bytes: Buffer) => void): Buffer {
  change(batch);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

test.each<[string, (batch: Buffer) => void, string]>([
  ['two billion records', (batch) => batch.writeInt32BE(2_000_000_000, 57), 'it has 2000000000 records'],
  ['fewer than no records', (batch) => batch.writeInt32BE(-5, 57), 'it has -5 records'],
  ['more records than fit', (batch) => batch.writeInt32BE(1_000, 57), '1000 records in '],
  ['more records than there are', (batch) => batch.writeInt32BE(3, 57), 'it breaks off'],
  ['a record of another length', (batch) => batch.writeUInt8(0x7e, 61), 'bytes where'],
  ['a record of a negative length', (batch) => batch.writeUInt8(0x03, 61), '-2 bytes where'],
  ['a number without an end', (batch) => batch.fill(0xff, 61), 'a number that is too long'],
  ['a compression that is not known', (batch) => batch.writeInt16BE(7, 21), 'compressed in a way'],
  ['a compression that it does not have', (batch) => batch.writeInt16BE(1, 21), 'incorrect header check'],
])(
  'a batch that says %s is one record with a problem, and what follows is read',
  async (_, change, problem) => {
    const one = await batchOf([recordOf(Buffer.from('one')), recordOf(Buffer.from('two'))]);
    const bad = changed(one, change);
    const records = await read(Buffer.concat([bad, await batchOf([recordOf(Buffer.from('good'))])]));
    expect(records).toEqual([expect.stringContaining(problem), 'good']);
  },
);

test.each<[string, number]>([
  ['a key of two gigabytes', 65],
  ['a value of two gigabytes', 67],
  ['two billion headers', 95],
])('a record that says %s is a problem', async (_, at) => {
  const batch = await batchOf([recordOf(Buffer.from('one'.repeat(9)))]);
  const bad = changed(batch, (bytes) => Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]).copy(bytes, at));
  expect(await read(bad)).toEqual([expect.stringMatching(/bytes where|breaks off|headers/)]);
});

test('a batch that came damaged is fetched again, and believed to be so at the third time', async () => {
  const good = await batchOf([recordOf(Buffer.from('good'))]);
  const bad = Buffer.from(await batchOf([recordOf(Buffer.from('bad'))]));
  bad[bad.length - 5]! ^= 0xff;
  const both = Buffer.concat([good, bad, good]);
  const name = randomName('bytes');
  expect(await readBatches(both, name)).toHaveLength(1);
  expect(await readBatches(bad, name)).toHaveLength(0);
  const [record] = await readBatches(bad, name);
  expect((record!.problem!.cause as Error).message).toContain('checksum');
});

test('a batch of which nothing is left does not stop what reads it', async () => {
  const empty = changed((await batchOf([recordOf(null)])).subarray(0, 61), (batch) => {
    batch.writeInt32BE(49, 8);
    batch.writeInt32BE(0, 57);
    batch.writeInt32BE(8, 23);
  });
  expect(await readBatches(empty, 'empty')).toMatchObject([{ offset: '8', isControlRecord: true }]);
});

test('what is inflated at a time is bounded: the rest is fetched again', async () => {
  const large = await batchOf([recordOf(Buffer.alloc(5 * megabyte))], 'zstd');
  expect(await readBatches(Buffer.concat([large, large, large, large]), 'large')).toHaveLength(2);
});

test('limits are those that are set', async () => {
  const before = { ...readLimits };
  try {
    setReadLimits({ maxHeaders: 1, maxInflatedBytes: undefined });
    const [record] = await readBatches(await batchOf([recordOf(null, { a: '1', b: '2' })]), 'set');
    expect(record!.problem!.message).toBe('2 headers, and maxHeaders is 1');
  } finally {
    setReadLimits(before);
  }
});

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('any bytes that are no %s fail', async (name) => {
  const id = ['gzip', 'snappy', 'lz4', 'zstd'].indexOf(name) + 1;
  for (const bytes of [[], [0xff, 0xff, 0xff, 0xff, 0x0f, 0], Array(100).fill(0x55)])
    await expect(inflate(Buffer.from(bytes), id)).rejects.toThrow();
});

test('a frame of LZ4 is measured as it inflates', async () => {
  for (const value of [Buffer.alloc(3 * megabyte, 'abc'), Buffer.from('short'), Buffer.alloc(0)]) {
    const records = (await batchOf([recordOf(value)], 'lz4')).subarray(61);
    expect(lz4Size(records)).toEqual({ size: (await inflate(records, 3)).length, end: records.length });
  }
});
