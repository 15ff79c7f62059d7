/**
 * What would go wrong: a partition ends with what nobody is given (the marker of a transaction, records that were aborted
 * or have expired), and a consumer that has read all there is seems to be behind for ever, or a copy never ends.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { createClient } from '../connection/client.ts';
import { startConsumer, type Consumer } from '../consumer/consumer.ts';
import { readAllTopics } from './copy.ts';
import { commitOffsets, committedOffsets } from './group-offsets.ts';
import { positionsOf } from './offsets.ts';
import { createTopics } from './topics.ts';

const kafka = { brokers: engines.brokers };
const admin = createClient(kafka).admin();
let topic: string;
let consumer: Consumer | undefined;
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());
afterEach(async () => {
  await consumer?.stop();
  consumer = undefined;
});

/** Makes a topic of one partition. */
async function createTopic(config: Record<string, string> = {}) {
  topic = randomName('test.tail');
  await createTopics({ ...kafka, topics: [{ topic, partitions: 1, replicationFactor: 1, config }] });
}

async function send(...values: string[]) {
  const producer = createClient(kafka).producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ key: 'a', value })) });
  await producer.disconnect();
}

async function transact(end: 'commit' | 'abort', ...values: string[]) {
  const producer = createClient(kafka).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    transactionalId: randomName('tx'),
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ key: 'a', value })) });
  await transaction[end]();
  await producer.disconnect();
}

async function expire(before: string) {
  // Finds out who leads, which deleteTopicRecords does not.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: before }] });
}

const ends: Record<string, { make: () => Promise<void>; values: string[]; end: bigint }> = {
  'a committed transaction': {
    make: () => transact('commit', '1', '2'),
    values: ['1', '2'],
    end: 3n,
  },
  'an aborted transaction': {
    make: () => transact('abort', '1', '2'),
    values: [],
    end: 3n,
  },
  'records, and an aborted transaction behind them': {
    async make() {
      await send('1');
      await transact('abort', '2');
    },
    values: ['1'],
    end: 3n,
  },
  'aborted and committed transactions in turn': {
    async make() {
      for (const [end, value] of [
        ['abort', '1'],
        ['commit', '2'],
        ['abort', '3'],
        ['commit', '4'],
        ['abort', '5'],
      ] as const)
        await transact(end, value);
    },
    values: ['2', '4'],
    end: 10n,
  },
  'nothing, as all has expired': {
    async make() {
      await send('1', '2', '3');
      await expire('-1');
    },
    values: [],
    end: 3n,
  },
  'a transaction of which all but the marker has expired': {
    async make() {
      await transact('commit', '1', '2');
      await expire('2');
    },
    values: [],
    end: 3n,
  },
  nothing: { make: async () => {}, values: [], end: 0n },
};

const lag = async (groupId: string) => {
  const [position] = await positionsOf({ ...kafka, groupId, topic });
  return position!.end - position!.next;
};
const committed = async (groupId: string) =>
  (await committedOffsets(kafka)).find((group) => group.groupId === groupId)?.places[0]?.offset;

async function consume(groupId: string): Promise<string[]> {
  const values: string[] = [];
  consumer = await startConsumer({
    ...kafka,
    groupId,
    topics: [topic],
    handleBatch: async ({ messages }) => void values.push(...messages.map(({ value }) => value!.toString())),
  });
  return values;
}

test.each(Object.keys(ends))('at the end is %s: who has read all has no lag', async (name) => {
  const { make, values, end } = ends[name]!;
  await createTopic();
  await make();
  const groupId = randomName('group');
  const found = await consume(groupId);
  await waitUntil('nothing is left', async () => (await lag(groupId)) === 0n);
  expect(found).toEqual(values);
  // By what is committed, which is all that other tools look at. A group that never had anything has nothing to commit.
  if (values.length > 0 || /abort/.test(name))
    await waitUntil('it is committed', async () => (await committed(groupId)) === end);
});

test.each(Object.keys(ends))('at the end is %s: a copy has the records, and ends', async (name) => {
  const { make, values } = ends[name]!;
  await createTopic();
  await make();
  const found: string[] = [];
  await readAllTopics(
    kafka,
    async ({ messages }) => void found.push(...messages.map(({ value }) => `${value}`)),
    [topic],
  );
  expect(found).toEqual(values);
});

test('a copy leaves out a transaction that is still open, and what came behind it', async () => {
  await createTopic();
  await send('1');
  const producer = createClient(kafka).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    transactionalId: randomName('tx'),
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ key: 'a', value: '2' }] });
  await send('3');
  const found: string[] = [];
  await readAllTopics(
    kafka,
    async ({ messages }) => void found.push(...messages.map(({ value }) => `${value}`)),
    [topic],
  );
  expect(found).toEqual(['1']);
  await transaction.abort();
  await producer.disconnect();
});

test('records that expire while a copy is made are left out, and it ends', async () => {
  await createTopic();
  // Batches of their own, so that they are read one after the other.
  for (const value of ['1', '2', '3', '4']) await send(value.repeat(600_000));
  const found: string[] = [];
  await readAllTopics(
    kafka,
    async ({ messages }) => {
      found.push(...messages.map(({ value }) => value!.toString()[0]!));
      if (found.length === 1) await expire('3');
    },
    [topic],
  );
  expect(found).toEqual(['1', '4']);
});

test('a copy of a compacted topic ends, though the last of a key may be all that is left', async () => {
  await createTopic({
    'cleanup.policy': 'compact',
    'segment.ms': '1',
    'min.cleanable.dirty.ratio': '0.001',
    'max.compaction.lag.ms': '1',
  });
  for (const value of ['1', '2', '3']) await send(value);
  await transact('abort', '4');
  const found: string[] = [];
  await readAllTopics(
    kafka,
    async ({ messages }) => void found.push(...messages.map(({ value }) => `${value}`)),
    [topic],
  );
  expect(found.at(-1)).toBe('3');
});

test('what expires before a group has read it is no lag, also for other tools', async () => {
  await createTopic();
  const groupId = randomName('group');
  await send('1');
  const found = await consume(groupId);
  await waitUntil('the first is read', async () => (await committed(groupId)) === 1n);
  await consumer!.stop();
  await send('2', '3');
  await expire('-1');
  await consume(groupId);
  await waitUntil('it is at the end', async () => (await committed(groupId)) === 3n);
  expect(await lag(groupId)).toBe(0n);
  expect(found).toEqual(['1']);
  await send('4');
  await waitUntil('it goes on', async () => (await committed(groupId)) === 4n);
});

test.each([
  ['the beginning, which a lost offset stands for', -2n, 1n],
  ['records that have expired', 1n, 1n],
  ['records that there have never been', 1000n, 1n],
  ['the last record', 3n, 1n],
  ['the end', 4n, 0n],
])('a group whose offset is that of %s has as much lag as it will be given', async (_, offset, expected) => {
  await createTopic();
  await send('1', '2', '3', '4');
  await expire('3');
  const groupId = randomName('group');
  await commitOffsets(kafka, [{ groupId, places: [{ topic, partition: 0, offset }] }]);
  expect(await lag(groupId)).toBe(expected);
});
