import { randomUUID } from 'node:crypto';
import { Outbox, outboxMigrations } from '@everyhop/outbox';
import { poolOptions } from '@everyhop/postgres';
import { testDatabase } from '@everyhop/testing';
import { sql, type Kysely } from 'kysely';
import type { Bench, Contender } from '../bench.ts';
import { deployed, happened } from '../event.ts';
import { deleteTopic, disconnect } from '../kafka.ts';
import { throughput } from '../throughput.ts';

const connections = 8;

export const bench: Bench = {
  question: 'What does publishing an event cost a business transaction?',
  compared: ['transactions/s', 'Node µs/transaction'],
  async contenders({ quick, meter, defer }) {
    const seconds = quick ? 0.5 : 5;
    const { registry, types } = await deployed(['Happened']);
    const type = types[0]!;
    defer(disconnect);
    defer(() => deleteTopic(type.topic));
    const { db, pool, drop } = await testDatabase({ migrations: [outboxMigrations], pool: poolOptions });
    defer(drop);
    await pool.query(
      'create table orders (id uuid primary key, customer json not null, total bigint not null)',
    );
    const outbox = new Outbox({ db, registry, source: 'bench' });

    const contender = (name: string, transaction: (id: string) => Promise<unknown>): Contender => ({
      name,
      async run() {
        await pool.query('truncate orders, outbox, outbox_sequence');
        return throughput(meter, 'transaction', async () => {
          const end = performance.now() + seconds * 1_000;
          let count = 0;
          const client = async () => {
            for (; performance.now() < end; count++) await transaction(randomUUID());
          };
          await Promise.all(Array.from({ length: connections }, client));
          return count;
        });
      },
    });
    return [
      contender('order + event', (id) =>
        outbox.transaction(async (tx) => {
          await placeOrder(tx, id);
          await tx.publish(type(happened(1, id)));
        }),
      ),
      contender('order alone', (id) => db.transaction().execute((tx) => placeOrder(tx, id))),
      contender('order + event + NOTIFY', (id) =>
        outbox.transaction(async (tx) => {
          await placeOrder(tx, id);
          await tx.publish(type(happened(1, id)));
          await sql`select pg_notify('outbox', '')`.execute(tx);
        }),
      ),
    ];
  },
};

const customer = JSON.stringify({ name: 'Ada Lovelace', email: 'ada@example.com', city: 'Berlin' });

const placeOrder = (tx: Kysely<any>, id: string) =>
  tx.insertInto('orders').values({ id, customer, total: 4_759 }).execute();
