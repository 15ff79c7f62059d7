import { fromHeaders } from '@everyhop/events';
import { deployEvents, Producers, SchemaRegistry, startConsumer, type Producer } from '@everyhop/kafka';
import { poolOptions } from '@everyhop/postgres';
import { engines, randomName, testDatabase, testEvent, type Happened } from '@everyhop/testing';
import { Outbox } from './outbox.ts';
import { Relay, type RelayOptions } from './relay.ts';

const { brokers } = engines;
const never = { min: 3_600_000, max: 3_600_000, shared: 3_600_000 };

/** What arrived on the topic. */
export interface Arrived extends Happened {
  id: string;
  sequence: number;
}

/** A database with an outbox, a topic with three partitions, and a consumer that notes what arrives there. */
export async function testOutbox() {
  const Happened = testEvent();
  const registry = new SchemaRegistry({ url: engines.registryUrl });
  await deployEvents({ brokers, registry, events: [Happened], partitions: 3 });
  const database = await testDatabase({
    migrations: [new URL('../migrations/', import.meta.url)],
    pool: poolOptions,
  });
  const producers = new Producers({ brokers });
  const fencingId = randomName('outbox');
  const arrived: Arrived[] = [];
  const consumer = await startConsumer({
    brokers,
    groupId: randomName('relay'),
    topics: [Happened.topic],
    handleBatch: async ({ messages }) => {
      for (const { value, headers } of messages) {
        const { id, sequence } = fromHeaders(headers!);
        arrived.push({ ...(await registry.decode(Happened, value)), id, sequence: Number(sequence) });
      }
    },
  });
  const relays: Relay[] = [];
  const outboxWith = (relay?: Relay) =>
    new Outbox({ db: database.db, registry, source: 'test', onCommit: () => relay?.wake() });

  return {
    Happened,
    database,
    arrived,
    /** What the relays of this test open their producers with. */
    producers,
    arrivedOf: (key: string) => arrived.filter((event) => event.key === key),
    /** How many rows wait. */
    waiting: async () => Number((await database.pool.query('select count(*) from outbox')).rows[0].count),
    /** An outbox that wakes `relay`, or nobody. */
    outboxWith,
    publish: (relay: Relay | undefined, key: string, n: number) =>
      outboxWith(relay).transaction((tx) => tx.publish(Happened({ key, n }))),
    /** A relay that never polls unless told otherwise. `send` stands between it and its producers. */
    startRelay(options: Partial<RelayOptions> & { send?: (producer: Producer) => Producer['send'] } = {}) {
      const { send, ...rest } = options;
      const intercepted: RelayOptions['producers'] = {
        async open(options) {
          const producer = await producers.open(options);
          return send ? { send: send(producer) } : producer;
        },
      };
      const connectionString = database.url;
      const relay = new Relay({ connectionString, producers: intercepted, fencingId, poll: never, ...rest });
      relays.push(relay);
      relay.start();
      return relay;
    },
    async stopRelays() {
      await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    },
    async stop() {
      await this.stopRelays();
      await consumer.stop();
      await producers.disconnect();
      await database.drop();
    },
  };
}

export type TestOutbox = Awaited<ReturnType<typeof testOutbox>>;
