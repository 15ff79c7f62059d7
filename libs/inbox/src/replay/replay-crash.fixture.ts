/**
 * A process that consumes the topic of an event with one replayable handler, and kills itself, as `kill -9` does, when
 * a replay has come to the `KILL_AT`th event.
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

const { SERVICE, DATABASE_URL, EVENT, KILL_AT } = process.env as Record<string, string>;
const db = new Kysely<any>({
  dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: DATABASE_URL, ...poolOptions }) }),
});
let left = Number(KILL_AT);

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
        await write(data, delivery);
        if (delivery.replay && --left === 0) process.kill(process.pid, 'SIGKILL');
      },
    },
  ],
});
await inbox.start();
