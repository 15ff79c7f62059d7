import type { EventType } from '@everyhop/events';
import { defaultPolicy, type Handle, Inbox, inboxMigrations } from '@everyhop/inbox';
import type { SchemaRegistry } from '@everyhop/kafka';
import { outboxMigrations } from '@everyhop/outbox';
import { poolOptions } from '@everyhop/postgres';
import { engines, randomName, testDatabase, type TestDatabase } from '@everyhop/testing';
import type { Transaction } from 'kysely';
import type { Happened } from './event.ts';

/** A database with outbox, inbox and the table that the handlers of the benches write to. */
export async function effectsDatabase(): Promise<TestDatabase> {
  const database = await testDatabase({ migrations: [outboxMigrations, inboxMigrations], pool: poolOptions });
  await database.pool.query('create table effects (key text not null, n int not null, text text not null)');
  return database;
}

/** What each handler of the benches writes. */
export const writeEffect = (tx: Transaction<any>, { key, n, text }: Happened): Promise<unknown> =>
  tx.insertInto('effects').values({ key, n, text }).execute();

/** Starts our inbox as shipped, as a service of its own that handles the events of `type`. */
export async function startInbox(options: {
  type: EventType<Happened>;
  registry: SchemaRegistry;
  database: TestDatabase;
  handle: Handle<Happened>;
  onCommit?: () => void;
  /** Whether the handlers of a batch run side by side. Default: `false`. */
  concurrent?: boolean;
}): Promise<Inbox> {
  const { type, database, handle, concurrent = false, ...rest } = options;
  const inbox = new Inbox({
    ...rest,
    service: randomName('bench'),
    db: database.db,
    kafka: { brokers: engines.brokers },
    handlers: [{ ...defaultPolicy, id: 'bench.handler', event: type, handle, concurrent }],
  });
  await inbox.start();
  return inbox;
}
