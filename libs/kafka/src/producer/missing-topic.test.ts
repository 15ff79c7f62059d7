/** What would go wrong: of several topics one is missing, and nobody can tell which, or nothing can be sent at all. */
import { afterAll, beforeEach, expect, jest, test } from '@jest/globals';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { createClient } from '../connection/client.ts';
import { PartlyWritten, TopicUnavailable } from './produce-errors.ts';
import type { OutgoingRecord } from '../format/outgoing-record.ts';
import { Producers } from './producer.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const producers = new Producers({ brokers });
afterAll(() => producers.disconnect());

let there: string;
let missing: string;
beforeEach(async () => {
  there = randomName('test.there');
  missing = randomName('test.missing');
  await create(there);
});

const create = (topic: string) =>
  createTopics({ brokers, topics: [{ topic, partitions: 2, replicationFactor: 1 }] });
const record = (topic: string): OutgoingRecord => ({ topic, key: 'a', value: Buffer.from('1'), headers: {} });
const send = async (...topics: string[]) => (await producers.open()).send(topics.map(record));

test('the error names the topic that is missing, and others can be written to', async () => {
  const error = await send(there, missing).catch((reason) => reason);
  expect(error).toBeInstanceOf(TopicUnavailable);
  expect(error).toMatchObject({ topic: missing, message: expect.stringContaining('./dev setup') });
  await send(there);
});

test('a missing topic can be written to as soon as it is there', async () => {
  await expect(send(missing)).rejects.toThrow(TopicUnavailable);
  await create(missing);
  await send(missing, there);
});

test('a topic that is deleted after it was written to is named, and others can be written to', async () => {
  await create(missing);
  await send(missing, there);
  await remove(missing);
  const error = await send(there, missing).catch((reason) => reason);
  expect(error instanceof PartlyWritten ? error.cause : error).toMatchObject({ topic: missing });
  await send(there);
});

test('a producer can be opened long after a topic that was written to has been deleted', async () => {
  await create(missing);
  await send(missing, there);
  await remove(missing);
  const { now } = Date;
  // What is known of the topics is asked anew after five minutes.
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 600_000);
  const producer = await producers.open().finally(() => clock.mockRestore());
  await producer.send([record(there)]);
});

test('of many producers that write to it at once each names the deleted topic, and none another one', async () => {
  await create(missing);
  await Promise.all(Array.from({ length: 8 }, () => send(missing)));
  await remove(missing);
  const sends = Array.from({ length: 16 }, (_, n) => (n % 2 ? send(there) : send(missing)));
  const reasons = (await Promise.allSettled(sends)).flatMap((one) =>
    one.status === 'rejected' ? one.reason : [],
  );
  expect(reasons.map(({ topic }) => topic)).not.toContain(there);
  // It is gone a moment after it was deleted.
  await waitUntil(
    'it is named',
    async () => (await send(missing).catch((error) => error))?.topic === missing,
  );
  await Promise.all(Array.from({ length: 8 }, () => send(there)));
});

async function remove(topic: string) {
  const admin = createClient({ brokers }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}
