import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { fromHeaders } from '@everyhop/events';
import {
  connectProducer,
  connectRegistry,
  deployEvents,
  startConsumer,
  type Producer,
} from '@everyhop/kafka';
import {
  engines,
  randomName,
  testDatabase,
  testEvent,
  waitUntil,
  type TestDatabase,
} from '@everyhop/testing';
import { outboxMigrations } from './index.ts';
import { Outbox } from './outbox.ts';
import { Relay } from './relay.ts';

const { brokers } = engines;
const Happened = testEvent();
const registry = connectRegistry({ url: engines.registryUrl });
const received: { key: string; n: number; sequence: bigint }[] = [];
const open: { stop(): Promise<void> }[] = [];
let database: TestDatabase;
let producer: Producer;

beforeAll(async () => {
  await deployEvents({ brokers, registry, events: [Happened], partitions: 3 });
  database = await testDatabase({ migrations: [outboxMigrations] });
  producer = await connectProducer({ brokers });
  const consumer = await startConsumer({
    brokers,
    groupId: randomName('relay'),
    topics: [Happened.topic],
    handleBatch: async ({ messages }) => {
      for (const { value, headers } of messages) {
        const { sequence } = fromHeaders(headers!);
        received.push({ ...(await registry.decode(Happened, value)), sequence });
      }
    },
  });
  closeConsumer = () => consumer.stop();
});
let closeConsumer: () => Promise<void>;
afterEach(async () => {
  for (const { stop } of open.splice(0)) await stop();
});
afterAll(async () => {
  await closeConsumer();
  await producer.disconnect();
  await database.drop();
});

const never = { min: 3_600_000, max: 3_600_000 };

function startRelay(options: Partial<ConstructorParameters<typeof Relay>[0]> = {}) {
  const relay = new Relay({ connectionString: database.url, producer, poll: never, ...options });
  relay.start();
  open.push({ stop: () => relay.stop() });
  return relay;
}

const outboxWith = (relay?: Relay) =>
  new Outbox({ db: database.db, registry, source: 'test', onCommit: () => relay?.wake() });

const receivedOf = (key: string) => received.filter((event) => event.key === key);
const waiting = async () => Number((await database.pool.query('select count(*) from outbox')).rows[0].count);

test('an event in a rolled-back transaction never reaches Kafka, the next one does', async () => {
  const outbox = outboxWith(startRelay());
  const failing = outbox.transaction(async (tx) => {
    await tx.publish(Happened({ key: 'rollback', n: 1 }));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await outbox.transaction((tx) => tx.publish(Happened({ key: 'rollback', n: 2 })));
  await waitUntil('the second has arrived', () => receivedOf('rollback').length > 0);
  expect(receivedOf('rollback')).toEqual([{ key: 'rollback', n: 2, sequence: 1n }]);
});

test('a commit wakes the relay: no poll is needed', async () => {
  const relay = startRelay();
  await outboxWith(relay).transaction((tx) => tx.publish(Happened({ key: 'woken', n: 1 })));
  await waitUntil('it has arrived', () => receivedOf('woken').length > 0);
  await waitUntil('the row is removed', async () => (await waiting()) === 0);
});

test('rows that nobody announced, as after a crash, are found by the safety poll', async () => {
  await outboxWith().transaction((tx) => tx.publish(Happened({ key: 'orphan', n: 1 })));
  startRelay({ poll: { min: 10, max: 10 } });
  await waitUntil('it has arrived', () => receivedOf('orphan').length > 0);
});

test('many concurrent writers of many keys: each key arrives in order and without a gap', async () => {
  const outbox = outboxWith(startRelay({ batchSize: 7 }));
  const writes = Array.from({ length: 120 }, (_, n) => Happened({ key: `many-${n % 5}`, n }));
  await Promise.all(writes.map((event) => outbox.transaction((tx) => tx.publish(event))));
  await waitUntil(
    'all have arrived',
    () => received.filter(({ key }) => key.startsWith('many-')).length >= 120,
  );
  for (let key = 0; key < 5; key++) {
    const sequences = receivedOf(`many-${key}`).map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(Array.from({ length: 24 }, (_, n) => n + 1));
  }
});

test('of two relays one ships, and when it stops the other takes over', async () => {
  const first = startRelay();
  await outboxWith(first).transaction((tx) => tx.publish(Happened({ key: 'handover', n: 1 })));
  await waitUntil('the first has arrived', () => receivedOf('handover').length === 1);
  const second = startRelay({ poll: { min: 10, max: 50 } });
  await first.stop();
  await outboxWith(second).transaction((tx) => tx.publish(Happened({ key: 'handover', n: 2 })));
  await waitUntil('the second has arrived', () => receivedOf('handover').length === 2);
  expect(receivedOf('handover').map(({ n }) => n)).toEqual([1, 2]);
});

test('while the broker refuses, rows wait and publishing goes on; afterwards all leave in order', async () => {
  let down = true;
  const refusing: Producer = {
    ...producer,
    send: async (records) => {
      if (down) throw new Error('broker away');
      await producer.send(records);
    },
  };
  const outbox = outboxWith(startRelay({ producer: refusing }));
  for (let n = 1; n <= 3; n++) await outbox.transaction((tx) => tx.publish(Happened({ key: 'away', n })));
  expect(await waiting()).toBe(3);
  down = false;
  await waitUntil('all have arrived', () => receivedOf('away').length >= 3);
  expect(receivedOf('away').map(({ n }) => n)).toEqual([1, 2, 3]);
});

test('a relay whose connection is cut off comes back and ships what waits', async () => {
  const outbox = outboxWith(startRelay());
  await outbox.transaction((tx) => tx.publish(Happened({ key: 'cut', n: 1 })));
  await waitUntil('the first has arrived', () => receivedOf('cut').length === 1);
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
               where application_name = 'outbox relay' and datname = current_database()`;
  await database.pool.query(cut);
  await outbox.transaction((tx) => tx.publish(Happened({ key: 'cut', n: 2 })));
  await waitUntil('the second has arrived', () => receivedOf('cut').length >= 2);
});
