/**
 * A process that consumes the topic of an event and ends, by `END`, whenever it handles the `n` of `KILLER`; or, when
 * that is `outside`, once it has written that it handles `HOLD_AT`, where it waits until somebody kills it.
 */
import { defineEvent } from '@everyhop/events';
import { SchemaRegistry } from '@everyhop/kafka';
import { poolOptions } from '@everyhop/postgres';
import { engines, type Happened } from '@everyhop/testing';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { defaultPolicy } from '../handler/handler.ts';
import { write } from '../inbox.fixture.ts';
import { Inbox } from '../inbox.ts';

const { SERVICE, DATABASE_URL, EVENT, KILLER, END } = process.env as Record<string, string>;
const db = new Kysely<any>({
  dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: DATABASE_URL, ...poolOptions }) }),
});

const ends: Record<string, () => unknown> = {
  abort: () => process.abort(),
  exit: () => process.exit(3),
  hold: () => {
    console.log('holding');
    return new Promise(() => {});
  },
};

const inbox = new Inbox({
  service: SERVICE!,
  db,
  registry: new SchemaRegistry({ url: engines.registryUrl }),
  kafka: { brokers: engines.brokers },
  handlers: [
    {
      ...defaultPolicy,
      id: 'test.handler',
      replayable: true,
      event: defineEvent<Happened>(JSON.parse(EVENT!)),
      handle: async (data, delivery) => {
        if (data.n === Number(KILLER)) await ends[END!]!();
        await write(data, delivery);
      },
    },
  ],
});
await inbox.start();
