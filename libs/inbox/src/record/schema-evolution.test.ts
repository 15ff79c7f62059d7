/**
 * What would go wrong: while a new version of an event is rolled out, instances that do not know it fail on its
 * records, or new ones on those of before, or read something else than the default.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { defineEvent, type DomainEvent, type EventType, OrderPlaced } from '@everyhop/events';
import { deployEvents, Producers, SchemaRegistry } from '@everyhop/kafka';
import { engines, randomName, testDatabase, type TestDatabase, waitUntil } from '@everyhop/testing';
import { Outbox, outboxMigrations, Relay } from '@everyhop/outbox';
import { deadLetterTopic } from '../parking/dead-letter.ts';
import { defaultPolicy } from '../handler/handler.ts';
import { Inbox } from '../inbox.ts';
import { listParked } from '../parking/parked.ts';

/** OrderPlaced as its next version might be. */
interface NextOrder extends OrderPlaced {
  readonly giftMessage?: string | null;
  readonly channel?: 'Web' | 'Phone';
  readonly shippingCost?: OrderPlaced.Money;
}

const { brokers } = engines;
const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
const newFields = [
  { name: 'giftMessage', type: ['null', 'string'], default: null },
  { name: 'channel', type: { type: 'enum', name: 'Channel', symbols: ['Web', 'Phone'] }, default: 'Web' },
  { name: 'shippingCost', type: 'Money', default: { amount: 0, currency: 'EUR' } },
];
const defaults = { giftMessage: null, channel: 'Web', shippingCost: eur(0n) };

let V1: EventType<OrderPlaced>;
let V2: EventType<NextOrder>;
let consumers: Consumer[];
let producer: Awaited<ReturnType<typeof startProducer>>;

beforeAll(async () => void (producer = await startProducer()));
afterAll(() => producer.stop());
beforeEach(() => {
  // A subject and a topic of its own, so that other tests and this do not meet.
  const namespace = randomName('evolution').replaceAll('-', '');
  const { schema, version } = OrderPlaced;
  const common = { topic: randomName('evolution.orders'), key: 'orderId' } as const;
  const next = { ...schema, namespace, fields: [...schema.fields, ...newFields] };
  V1 = defineEvent<OrderPlaced>({ ...common, version, schema: { ...schema, namespace } });
  V2 = defineEvent<NextOrder>({ ...common, version: version + 1, schema: next });
  consumers = [];
});

test('the producer first: old consumers go on, and new ones read also what is old', async () => {
  const orderId = randomUUID();
  await deploy(V1);
  const old = await startConsumer(V1);
  await producer.publish(V1(order(orderId, 1)));
  await waitUntil('the old consumer has got it', () => old.seen.length === 1);

  await deploy(V2);
  await producer.publish(V2({ ...order(orderId, 2), giftMessage: 'For Ada', channel: 'Phone' }));
  await producer.publish(V1(order(orderId, 3))); // by an instance that is not replaced yet
  await producer.publish(V2({ ...order(orderId, 4), shippingCost: eur(490n) }));
  const next = await startConsumer(V2);
  await waitUntil('both have got all', () => old.seen.length === 4 && next.seen.length === 4);

  expect(old.seen).toEqual([1, 2, 3, 4].map((n) => order(orderId, n)));
  expect(next.seen).toEqual([
    { ...order(orderId, 1), ...defaults },
    { ...order(orderId, 2), ...defaults, giftMessage: 'For Ada', channel: 'Phone' },
    { ...order(orderId, 3), ...defaults },
    { ...order(orderId, 4), ...defaults, shippingCost: eur(490n) },
  ]);
  await expectNothingFailed();
});

test('consumers first: they read defaults until the producer follows, and again when it is rolled back', async () => {
  const orderId = randomUUID();
  await deploy(V1);
  await producer.publish(V1(order(orderId, 1)));
  await deploy(V2);
  const next = await startConsumer(V2);
  await producer.publish(V1(order(orderId, 2)));
  await waitUntil('the old events are there', () => next.seen.length === 2);

  await producer.publish(V2({ ...order(orderId, 3), giftMessage: 'For Ada' }));
  await producer.publish(V1(order(orderId, 4)));
  await waitUntil('all are there', () => next.seen.length === 4);

  expect(next.seen).toEqual([
    { ...order(orderId, 1), ...defaults },
    { ...order(orderId, 2), ...defaults },
    { ...order(orderId, 3), ...defaults, giftMessage: 'For Ada' },
    { ...order(orderId, 4), ...defaults },
  ]);
  await expectNothingFailed();
});

test('a breaking change is a new event: both are published for a while, and each consumer takes its own', async () => {
  const orderId = randomUUID();
  const schema = { ...V1.schema, name: 'OrderAccepted', fields: [...V1.schema.fields, ...newFields] };
  const Accepted = defineEvent<NextOrder>({ topic: V1.topic, key: 'orderId', version: 1, schema });
  await deploy(V1, Accepted);
  const [old, next] = [await startConsumer(V1), await startConsumer(Accepted)];
  await producer.publish(V1(order(orderId, 1)), Accepted({ ...order(orderId, 1), channel: 'Phone' }));
  await waitUntil('both are handled', () => old.seen.length === 1 && next.seen.length === 1);

  expect(old.seen).toEqual([order(orderId, 1)]);
  expect(next.seen).toEqual([{ ...order(orderId, 1), ...defaults, channel: 'Phone' }]);
  await expectNothingFailed();
});

/** The nth order: its lines say which. */
function order(orderId: string, n: number): OrderPlaced {
  const price = eur(BigInt(n) * 100n);
  return {
    orderId,
    customer: { customerId: null, name: 'Zoë', email: 'zoe@example.org' },
    shippingAddress: { name: 'Zoë', street: 'Weg 1', postalCode: '10115', city: 'Berlin', country: 'DE' },
    lines: [{ sku: 'HOP-MUG', name: 'Mug', quantity: n, unitPrice: eur(100n), lineTotal: price }],
    net: price,
    tax: eur(0n),
    total: price,
    taxRatePercent: 0,
    placedAt: new Date(n),
  };
}

// Each has a registry client of its own, as if it were a process of its own.
const newRegistry = () => new SchemaRegistry({ url: engines.registryUrl });

/** What is done before any instance of a new version starts. */
const deploy = (...events: EventType<any>[]) =>
  deployEvents({ brokers, registry: newRegistry(), events, partitions: 1 });

async function startProducer() {
  const database = await testDatabase({ migrations: [outboxMigrations] });
  const producers = new Producers({ brokers });
  const fencingId = randomName('outbox');
  const relay = new Relay({ connectionString: database.url, producers, fencingId });
  relay.start();
  const outbox = new Outbox({
    db: database.db,
    registry: newRegistry(),
    source: 'shop',
    onCommit: () => relay.wake(),
  });
  return {
    publish: (...events: DomainEvent<any>[]) => outbox.transaction((tx) => tx.publish(...events)),
    async stop() {
      await relay.stop();
      await producers.disconnect();
      await database.drop();
    },
  };
}

interface Consumer {
  /** The data that its handler has got. */
  seen: object[];
  database: TestDatabase;
  inbox: Inbox;
}

async function startConsumer(event: EventType<any>): Promise<Consumer> {
  const service = randomName('consumer');
  await deployEvents({ brokers, registry: newRegistry(), events: [], topics: [deadLetterTopic(service)] });
  const database = await testDatabase({
    migrations: [outboxMigrations, new URL('../../migrations/', import.meta.url)],
  });
  const seen: object[] = [];
  const handler = {
    ...defaultPolicy,
    id: 'consumer.note',
    event,
    handle: async (data: object) => void seen.push(structuredClone(data)),
  };
  const inbox = new Inbox({
    service,
    db: database.db,
    registry: newRegistry(),
    kafka: { brokers },
    handlers: [handler],
  });
  await inbox.start();
  consumers.push({ seen, database, inbox });
  return consumers.at(-1)!;
}

async function expectNothingFailed() {
  for (const { database, inbox } of consumers) {
    await inbox.stop();
    const { rows } = await database.pool.query('select distinct outcome from inbox');
    expect(rows).toEqual([{ outcome: 'handled' }]);
    expect(await listParked(database.db, {})).toEqual([]);
    await database.drop();
  }
}
