/**
 * What would go wrong: one record that is unlike ours (its headers, its size, its age) makes every backup fail, or makes
 * one that can't be restored, or comes back as another record.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rename, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Producers, startConsumer } from '@everyhop/kafka';
import {
  createTopics,
  describeTopics,
  readAllTopics,
  withWriter,
  type HeaderList,
  type PlacedRecord,
  type StoredRecord,
} from '@everyhop/kafka/admin';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { restoreTopics } from './restore-topics.ts';
import { withTopics } from './restored-settings.ts';
import { copyTopics, readCopy } from './topic-copy.ts';

const kafka = { brokers: engines.brokers };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'everyhop-records-'));
});
afterAll(() => rm(folder, { recursive: true }));

const bytes = (text: string) => Buffer.from(text);

/** A record of partition 0 of no topic yet. */
const record = (settings: Partial<PlacedRecord> = {}): PlacedRecord => ({
  topic: '',
  partition: 0,
  key: bytes('key'),
  value: bytes('value'),
  headers: [],
  timestamp: '1700000000000',
  ...settings,
});

async function read(topic: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  await readAllTopics(kafka, async ({ messages }) => void found.push(...messages), [topic]);
  return found;
}

/** Writes `records` to a topic, saves it, restores it as another one; gives what each has, and the settings. */
async function saveAndRestore(records: PlacedRecord[], config = {}, settingsBefore = config) {
  const saved = randomName('test.saved');
  const forEver = { 'retention.ms': '-1' };
  const settings = { topic: saved, partitions: 1, replicationFactor: 1 };
  await createTopics({ ...kafka, topics: [{ ...settings, config: { ...forEver, ...settingsBefore } }] });
  await withWriter(kafka, (write) => write(records.map((one) => ({ ...one, topic: saved }))));
  const part = join(folder, saved);
  await copyTopics(kafka, part, [saved]);

  const topic = randomName('test.restored');
  await rename(join(part, saved), join(part, topic));
  const databases = Object.assign(new Map(), { [Symbol.asyncDispose]: async () => {} });
  const restored = await withTopics(kafka, [{ ...settings, topic, config: { ...forEver, ...config } }], () =>
    restoreTopics({ kafka, databases, ends: [], groups: [], folder: part }),
  );
  expect(restored).toMatchObject({ written: records.length, left: 0 });
  const described = (await describeTopics(kafka)).find((one) => one.topic === topic)!;
  expect(described.config).toEqual({ ...forEver, ...config });
  return { written: await read(saved), restored: await read(topic), topic };
}

const breaks = ['\n', '\r', '\u2028', '\u2029', '\u0085', '\0', '"', '\\'].map((one) => `a${one}b`);
const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '', '0', 'ä', 'ce_id'];
const headers: Record<string, HeaderList> = {
  'named as what every object has': names.map((name) => [name, bytes(`of ${name}`)]),
  'whose names have what may break a line': breaks.map((name) => [name, bytes(name)]),
  'in an order of their own': ['z', '2', 'a', '10', '1'].map((name) => [name, bytes(name)]),
  'that occur more than once, with others between them': [
    ['a', bytes('1')],
    ['constructor', bytes('2')],
    ['a', bytes('3')],
    ['constructor', bytes('4')],
  ],
  'without a value, or an empty one': [
    ['none', null],
    ['empty', bytes('')],
    ['none', null],
  ],
  'that are no text': [['bytes', Buffer.from([0, 255, 254, 0])]],
};

test.each(Object.keys(headers))('a record with headers %s is restored byte for byte', async (name) => {
  const { written, restored } = await saveAndRestore([record({ headers: headers[name]! })]);
  expect(written[0]!.headers).toEqual(headers[name]);
  expect(restored).toEqual(written);
});

test('keys, values and times are restored byte for byte', async () => {
  const records = [
    record({ key: null, value: null }),
    record({ key: bytes(''), value: bytes('') }),
    record({ key: Buffer.from([0, 255]), value: Buffer.from([255, 0]) }),
    ...['0', '1', '1700000000000', '4000000000', String(Date.now())].map((timestamp) =>
      record({ timestamp }),
    ),
  ];
  const { written, restored } = await saveAndRestore(records);
  expect(written.map(({ timestamp }) => timestamp)).toEqual(records.map(({ timestamp }) => timestamp));
  expect(restored).toEqual(written);
});

test('a record of 20 MB is restored', async () => {
  const value = Buffer.alloc(20_000_000, 'large');
  for (let at = 0; at < value.length; at += 7) value[at] = Math.random() * 256;
  const config = { 'max.message.bytes': '30000000' };
  const { restored } = await saveAndRestore([record(), record({ value }), record()], config);
  expect(restored[1]!.value!.equals(value)).toBe(true);
}, 60_000);

test('a record of 20 MB is as easy to read for a consumer as it was', async () => {
  const value = Buffer.alloc(20_000_000, 'large');
  const { topic } = await saveAndRestore([record({ value })], { 'max.message.bytes': '30000000' });
  const sizes: (number | undefined)[] = [];
  const consumer = await startConsumer({
    ...kafka,
    groupId: randomName('test.reader'),
    topics: [topic],
    handleBatch: async ({ messages }) => void sizes.push(...messages.map(({ value }) => value?.length)),
  });
  await waitUntil('it is there', () => sizes.length > 0, { timeoutMs: 30_000 });
  await consumer.stop();
  expect(sizes).toEqual([20_000_000]);
}, 60_000);

test('batches of a few bytes that are hundreds of megabytes are saved, and what lies behind them', async () => {
  const topic = randomName('test.bombs');
  await createTopics({ ...kafka, topics: [{ topic, partitions: 1, replicationFactor: 1 }] });
  const producers = new Producers({ ...kafka, compression: 'gzip' });
  const producer = await producers.open();
  const value = Buffer.alloc(120_000_000);
  for (let n = 0; n < 4; n++) await producer.send([{ topic, key: 'bomb', value, headers: {} }]);
  await producer.send([{ topic, key: 'last', value: bytes('value'), headers: {} }]);
  await producers.disconnect();
  expect(await copyTopics(kafka, join(folder, topic), [topic])).toBe(5);
  const keys: string[] = [];
  for await (const records of readCopy(join(folder, topic)))
    keys.push(...records.map(({ key }) => String(key)));
  expect(keys).toEqual(['bomb', 'bomb', 'bomb', 'bomb', 'last']);
}, 120_000);

test('a copy that breaks off in a record is not taken for a whole one', async () => {
  const { topic } = await saveAndRestore([record(), record()]);
  const part = join(folder, randomName('broken'));
  await copyTopics(kafka, part, [topic]);
  await truncate(join(part, topic), (await stat(join(part, topic))).size - 5);
  const read = async () => {
    for await (const records of readCopy(part)) expect(records).not.toEqual([]);
  };
  await expect(read()).rejects.toThrow(SyntaxError);
});

test('many records that are no small ones are restored, though not all of them fit in one request', async () => {
  const records = Array.from({ length: 150 }, (_, n) => record({ value: Buffer.alloc(900_000, n) }));
  const { restored } = await saveAndRestore(records);
  expect(restored.map(({ value }) => value![0])).toEqual(records.map((_, n) => n));
}, 120_000);

test('what the settings of its topic would refuse by now is restored, and so are the settings', async () => {
  const records = [record({ key: null, value: Buffer.alloc(2_000_000) }), record({ timestamp: '1' })];
  const config = {
    'cleanup.policy': 'compact',
    'max.message.bytes': '1000',
    'message.timestamp.before.max.ms': '1000',
  };
  const { restored, written } = await saveAndRestore(records, config, { 'max.message.bytes': '3000000' });
  expect(restored).toEqual(written);
});
