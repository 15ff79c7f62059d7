import { sql } from 'kysely';
import type { DomainEvent } from '@everyhop/events';
import {
  deployEvents,
  Producers,
  SchemaRegistry,
  startConsumer,
  type ConsumedBatch,
  type KafkaConnection,
  type OutgoingRecord,
} from '@everyhop/kafka';
import { resetOffsets } from '@everyhop/kafka/admin';
import { silentLogger } from '@everyhop/telemetry';
import { Outbox, outboxMigrations, Relay, type RelayOptions } from '@everyhop/outbox';
import { poolOptions } from '@everyhop/postgres';
import { engines, randomName, testDatabase, testEvent, waitUntil, type Happened } from '@everyhop/testing';
import { deadLetterTopic } from './parking/dead-letter.ts';
import {
  defaultPolicy,
  defaultRetry,
  type Delivery,
  type Handle,
  type HandlerPolicy,
  type RetryPolicy,
} from './handler/handler.ts';
import { Inbox, type InboxOptions } from './inbox.ts';

const { brokers } = engines;
const migrations = [outboxMigrations, new URL('../migrations/', import.meta.url)];

/** A handler of a test: only what matters to it. */
type HandlerSettings = Partial<Omit<HandlerPolicy, 'retry'>> & {
  id?: string;
  handle: Handle<Happened>;
  retry?: Partial<RetryPolicy>;
};

interface TestOptions {
  partitions?: number;
  /** How often the relay looks for rows that nobody announced. */
  poll?: RelayOptions['poll'];
}

/** A service on the run's engines: a database with outbox and inbox, a relay, and topics of its own. */
export async function testService({ partitions = 1, poll }: TestOptions = {}) {
  const service = randomName('service');
  const Happened = testEvent();
  const Followed = testEvent('Followed');
  const registry = new SchemaRegistry({ url: engines.registryUrl });
  const events = [Happened, Followed];
  await deployEvents({ brokers, registry, events, topics: [deadLetterTopic(service)], partitions });
  const database = await testDatabase({ migrations, pool: poolOptions });
  await database.pool.query('create table effects (n serial, key text, value int, attempt int)');
  const producers = new Producers({ brokers });
  const fencingId = `${service}.outbox`;
  const relay = new Relay({ connectionString: database.url, producers, fencingId, ...(poll && { poll }) });
  const plain = await producers.open();
  relay.start();
  const onCommit = () => relay.wake();
  const outbox = new Outbox({ db: database.db, registry, source: 'elsewhere', onCommit });
  const inboxes: Inbox[] = [];
  const startWith = async (options: Partial<InboxOptions>, ...handlers: HandlerSettings[]) => {
    const inbox = new Inbox({
      service,
      registry,
      logger,
      db: database.db,
      kafka: { brokers },
      onCommit,
      handlers: handlers.map((handler) => ({
        ...defaultPolicy,
        id: 'test.handler',
        event: Happened,
        ...handler,
        retry: { ...defaultRetry, delay: 5, ...handler.retry },
      })),
      ...options,
    });
    inboxes.push(inbox);
    await inbox.start();
    return inbox;
  };
  const warnings: { message: string; [field: string]: unknown }[] = [];
  const logger = {
    ...silentLogger,
    warn: (fields: object, message: string) => warnings.push({ ...fields, message }),
  };

  return {
    service,
    Happened,
    Followed,
    registry,
    database,
    relay,
    outbox,
    inboxes,
    /** What the inboxes have warned of. */
    warnings,
    /** Publishes through the outbox, in one transaction. */
    publish: (...published: DomainEvent<any>[]) => outbox.transaction((tx) => tx.publish(...published)),
    /** Puts records on the topic as they are. */
    send: (...records: Partial<OutgoingRecord>[]) =>
      plain.send(
        records.map((record) => ({ topic: Happened.topic, key: 'a', value: null, headers: {}, ...record })),
      ),
    /** Starts an inbox with these handlers of `Happened`. */
    start: (...handlers: HandlerSettings[]) => startWith({}, ...handlers),
    /** The same, with other options of the inbox. */
    startWith,
    /** The effects of the handlers on `key`, in the order in which they were written. */
    async effects(key: string): Promise<number[]> {
      const { rows } = await database.pool.query('select value from effects where key = $1 order by n', [
        key,
      ]);
      return rows.map(({ value }) => value);
    },
    /** The first `count` records of the service's dead-letter topic. `limits`: of what is read, from now on. */
    async deadLetters(count: number, limits?: KafkaConnection['limits']) {
      const letters: ConsumedBatch['messages'] = [];
      const consumer = await startConsumer({
        brokers,
        limits,
        groupId: randomName('dead'),
        topics: [deadLetterTopic(service)],
        handleBatch: async ({ messages }) => void letters.push(...messages),
      });
      await waitUntil(`${count} dead letters have arrived`, () => letters.length >= count);
      await consumer.stop();
      return letters.map(({ key, value, headers }) => {
        const text = Object.entries(headers!).map(([name, header]) => [
          name,
          [header].flat().at(-1)?.toString() ?? null,
        ]);
        return { key: key!.toString(), value, headers: Object.fromEntries(text), bytes: headers! };
      });
    },
    /** Has the stopped service read its topic from the beginning again. */
    async rewind() {
      await resetOffsets({ brokers, groupId: service, topic: Happened.topic });
    },
    async stop() {
      for (const inbox of inboxes) await inbox.stop();
      await relay.stop();
      await producers.disconnect();
      await database.drop();
    },
  };
}

export type TestService = Awaited<ReturnType<typeof testService>>;

/** A handler's write. */
export async function write(
  { key, n }: Happened,
  { tx, attempt }: Pick<Delivery, 'tx' | 'attempt'>,
): Promise<void> {
  await sql`insert into effects (key, value, attempt) values (${key}, ${n}, ${attempt})`.execute(tx);
}
