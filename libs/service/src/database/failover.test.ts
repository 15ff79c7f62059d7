/**
 * What would go wrong: after a failover of Postgres a service says that it is ready, and neither relays nor handles nor
 * runs jobs, as one of its connections still leads to where nothing can be written; or it sends the same events all the while.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Body, Controller, Injectable, Module, Post } from '@nestjs/common';
import { type Delivery, On } from '@everyhop/inbox';
import { deployEvents, SchemaRegistry, startConsumer } from '@everyhop/kafka';
import { Outbox } from '@everyhop/outbox';
import { engines, type Happened, randomName, testEvent, waitUntil } from '@everyhop/testing';
import pg from 'pg';
import { Job, Jobs } from '../jobs/index.ts';
import { type Probe, startProbe } from '../probe.fixture.ts';

const SomethingHappened = testEvent();
const handled: number[] = [];
const jobsDone: number[] = [];

@Controller()
class Publishing {
  constructor(private readonly outbox: Outbox) {}

  @Post('publish')
  publish(@Body() numbers: number[]) {
    const events = numbers.map((n) => SomethingHappened({ key: `key ${n}`, n }));
    return this.outbox.transaction((tx) => tx.publish(...events));
  }
}

@Injectable()
class Handling {
  constructor(private readonly jobs: Jobs) {}

  @On(SomethingHappened)
  async handle({ n }: Happened, { tx, event }: Delivery) {
    await this.jobs.add(tx, 'remember', { n }, { cause: event });
    handled.push(n);
  }

  @Job('remember')
  async remember({ n }: { n: number }) {
    jobsDone.push(n);
  }
}

@Module({ controllers: [Publishing], providers: [Handling] })
class FailoverModule {}

let service: Probe;
let operator: pg.Client;
let database: string;
let consumer: Awaited<ReturnType<typeof startConsumer>>;
let records = 0;
beforeAll(async () => {
  const { brokers, registryUrl: url } = engines;
  const registry = new SchemaRegistry({ url });
  await deployEvents({ brokers, registry, events: [SomethingHappened], partitions: 1 });
  const topics = [SomethingHappened.topic];
  const count = async ({ messages }: { messages: unknown[] }) => void (records += messages.length);
  consumer = await startConsumer({ brokers, groupId: randomName('count'), topics, handleBatch: count });
  service = await startProbe([FailoverModule], brokers.join());
  operator = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await operator.connect();
  database = (await operator.query('select current_database() as name')).rows[0].name;
});
afterAll(async () => {
  await operator.end();
  await consumer.stop();
  await service.stop();
});

const publish = (...numbers: number[]) => {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${service.url}/publish`, { method: 'POST', headers, body: JSON.stringify(numbers) });
};
const ready = async () => (await fetch(`${service.url}/health/ready`)).status;
const cut = () =>
  operator.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);

test('over a failover, in the middle of much to do, all is relayed, handled and done, and hardly anything sent twice', async () => {
  const numbers = Array.from({ length: 47 }, (_, n) => n);
  expect((await publish(...numbers)).status).toBe(201);
  await waitUntil('it has begun', () => records > 0);
  await operator.query(`alter database ${database} set default_transaction_read_only = on`);
  await cut();
  await waitUntil('it is not ready', async () => (await ready()) === 503);
  expect((await publish(100)).status).toBeGreaterThanOrEqual(500);
  // Those that are made now can't write.
  for (let n = 0; n < 20; n++) expect(await ready()).toBe(503);
  await operator.query(`alter database ${database} reset all`);

  expect(await ready()).toBe(200);
  expect((await publish(...numbers.map((n) => n + 47))).status).toBe(201);
  await waitUntil('all jobs are done', () => new Set(jobsDone).size === 94, { timeoutMs: 40_000 });
  expect(new Set(handled).size).toBe(94);
  const { rows } = await operator.query(
    `select count(*)::int as n, count(distinct event_id)::int as events from inbox`,
  );
  expect(rows).toEqual([{ n: 94, events: 94 }]);
  expect((await operator.query('select from outbox')).rowCount).toBe(0);
  await waitUntil('all have been counted', () => records >= 94);
  expect(records).toBeLessThanOrEqual(96);
});
