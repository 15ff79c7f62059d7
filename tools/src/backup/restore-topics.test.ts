/** What would go wrong: a restored topic has an event that nobody published, or lacks one that is not sent again. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHeaders } from '@everyhop/events';
import { startConsumer } from '@everyhop/kafka';
import { createTopics, endOffsets } from '@everyhop/kafka/admin';
import { engines, randomName, testDatabase, type TestDatabase, waitUntil } from '@everyhop/testing';
import pg from 'pg';
import { restoreTopics } from './restore-topics.ts';

const outbox = new URL('../../../libs/outbox/migrations/', import.meta.url);

let shop: TestDatabase;
let client: pg.Client;
let folder: string;
beforeAll(async () => {
  shop = await testDatabase({ migrations: [outbox] });
  client = new pg.Client(shop.url);
  await client.connect();
  folder = await mkdtemp(join(tmpdir(), 'everyhop-topics-'));
});
afterAll(async () => {
  await client.end();
  await shop.drop();
  await rm(folder, { recursive: true });
});

/** A line of a copy: a record of partition 0 whose value is `name`. */
function line(offset: number, name: string, headers: Record<string, string> = {}): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const encoded = Object.entries(headers).map(([header, value]) => [header, [base64(value)]]);
  return `${JSON.stringify([0, String(offset), String(1_700_000_000_000 + offset), null, base64(name), encoded])}\n`;
}

const eventOf = (key: string, sequence: bigint, source = 'shop') =>
  toHeaders({
    id: `${key} ${sequence}`,
    type: 'shop.Happened',
    source,
    key,
    time: new Date(),
    sequence,
    correlationId: '1',
  });

test('a partition is restored up to the first event that its publisher’s database does not know', async () => {
  const topic = randomName('shop.topic');
  const kafka = { brokers: engines.brokers };
  await createTopics({ ...kafka, topics: [{ topic, partitions: 1, replicationFactor: 1 }] });
  await client.query('insert into outbox_sequence (topic, key, last) values ($1, $2, 2)', [topic, 'known']);
  const records = [
    line(10, 'sure', eventOf('unknown', 1n)),
    line(11, 'known 1', eventOf('known', 1n)),
    line(12, 'nobody’s'),
    line(13, 'another’s', eventOf('unknown', 1n, 'elsewhere')),
    line(14, 'known 2', eventOf('known', 2n)),
    line(15, 'known 3', eventOf('known', 3n)),
    line(16, 'behind', eventOf('known', 2n)),
  ];
  await writeFile(join(folder, topic), records.join(''));
  const databases = Object.assign(new Map([['shop', client]]), { [Symbol.asyncDispose]: async () => {} });
  const place = (offset: bigint) => ({ topic, partition: 0, offset });
  const restored = await restoreTopics({
    kafka,
    databases,
    ends: [place(11n)],
    groups: [{ groupId: 'g', places: [place(13n)] }],
    folder,
  });
  expect(restored).toEqual({
    written: 5,
    left: 2,
    groups: [{ groupId: 'g', places: [place(3n)] }],
    moved: true,
  });
  const found: string[] = [];
  const times: string[] = [];
  const consumer = await startConsumer({
    ...kafka,
    groupId: randomName('reader'),
    topics: [topic],
    handleBatch: async ({ messages }) => {
      found.push(...messages.map(({ value }) => String(value)));
      times.push(...messages.map(({ timestamp }) => timestamp));
    },
  });
  await waitUntil('all are read', () => found.length >= 5);
  await consumer.stop();
  expect(found).toEqual(['sure', 'known 1', 'nobody’s', 'another’s', 'known 2']);
  expect(times[4]).toBe('1700000000014');
  expect((await endOffsets(kafka)).find((end) => end.topic === topic)!.offset).toBe(5n);
});
