import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { createTopics, endOffsets } from '@everyhop/kafka/admin';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';
import type { RelayOptions } from './relay.ts';

let it: TestOutbox;
beforeAll(async () => {
  it = await testOutbox();
});
afterEach(() => it.stopRelays());
afterAll(() => it.stop());

const numbers = (length: number) => Array.from({ length }, (_, n) => n + 1);

test('an event in a rolled-back transaction never reaches Kafka, the next one does', async () => {
  const outbox = it.outboxWith(it.startRelay());
  const failing = outbox.transaction(async (tx) => {
    await tx.publish(it.Happened({ key: 'rollback', n: 1 }));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await outbox.transaction((tx) => tx.publish(it.Happened({ key: 'rollback', n: 2 })));
  await waitUntil('the second has arrived', () => it.arrivedOf('rollback').length > 0);
  expect(it.arrivedOf('rollback')).toMatchObject([{ n: 2, sequence: 1 }]);
});

test('a commit wakes the relay: no poll is needed', async () => {
  await it.publish(it.startRelay(), 'woken', 1);
  await waitUntil('it has arrived', () => it.arrivedOf('woken').length > 0);
  await waitUntil('the row is removed', async () => (await it.waiting()) === 0);
});

test('rows that nobody announced, as after a crash, are found by the safety poll', async () => {
  await it.publish(undefined, 'orphan', 1);
  it.startRelay({ poll: { min: 10, max: 10, shared: 10 } });
  await waitUntil('it has arrived', () => it.arrivedOf('orphan').length > 0);
});

test('many concurrent writers of many keys: each key arrives in order and without a gap', async () => {
  const relay = it.startRelay({ batchSize: 7 });
  await Promise.all(numbers(120).map((n) => it.publish(relay, `many-${n % 5}`, n)));
  await waitUntil(
    'all have arrived',
    () => it.arrived.filter(({ key }) => key.startsWith('many-')).length >= 120,
  );
  for (let key = 0; key < 5; key++)
    expect(it.arrivedOf(`many-${key}`).map(({ sequence }) => sequence)).toEqual(numbers(24));
});

test('while the broker is away, rows wait and publishing goes on; afterwards all leave in order', async () => {
  let down = true;
  const relay = it.startRelay({
    send: (producer) => async (records) => {
      if (down) throw new Error('broker away');
      await producer.send(records);
    },
  });
  for (const n of numbers(3)) await it.publish(relay, 'away', n);
  expect(await it.waiting()).toBe(3);
  down = false;
  await waitUntil('all have arrived', () => it.arrivedOf('away').length >= 3);
  expect(it.arrivedOf('away').map(({ n }) => n)).toEqual([1, 2, 3]);
});

test('a backlog of large events leaves in batches that the broker takes, each event once', async () => {
  const topic = randomName('test.large');
  const { brokers } = engines;
  await createTopics({ brokers, topics: [{ topic, partitions: 3, replicationFactor: -1 }] });
  await it.database.pool.query(
    `insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, sequence, correlationid)
     select uuidv7(), $1, 'key-' || n % 3, 'Large', decode(repeat('00', 30000), 'hex'), 'test', now(), n, n::text
     from generate_series(1, 300) n`,
    [topic],
  );
  const largest = { bytes: 0 };
  it.startRelay({
    send: (producer) => (records) => {
      const bytes = records.reduce((sum, { value }) => sum + value!.length, 0);
      largest.bytes = Math.max(largest.bytes, bytes);
      return producer.send(records);
    },
  });
  await waitUntil('all have left', async () => (await it.waiting()) === 0);
  expect(largest.bytes).toBeLessThan(1_000_000);
  const ends = (await endOffsets({ brokers })).filter((end) => end.topic === topic);
  expect(ends.reduce((sum, { offset }) => sum + offset, 0n)).toBe(300n);
});

test('a relay that runs for days opens its producers anew each day, so that Kafka does not forget whom they shut out', async () => {
  let opened = 0;
  const producers: RelayOptions['producers'] = {
    open(options) {
      opened++;
      return it.producers.open(options);
    },
  };
  const relay = it.startRelay({ producers });
  for (const n of [1, 2]) {
    await it.publish(relay, 'days', n);
    await waitUntil('it has arrived', () => it.arrivedOf('days').length === n);
  }
  expect(opened).toBe(1);
  const { now } = performance;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 86_400_000);
  await it.publish(relay, 'days', 3);
  await waitUntil('it has arrived, too', () => it.arrivedOf('days').length === 3).finally(() =>
    clock.mockRestore(),
  );
  expect(opened).toBe(2);
});

test('a relay whose connection is cut off comes back and ships what waits', async () => {
  const relay = it.startRelay();
  await it.publish(relay, 'cut', 1);
  await waitUntil('the first has arrived', () => it.arrivedOf('cut').length === 1);
  await it.database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'outbox relay' and datname = current_database()`);
  await it.publish(relay, 'cut', 2);
  await waitUntil('the second has arrived', () => it.arrivedOf('cut').length >= 2);
});
