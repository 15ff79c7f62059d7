/**
 * What would go wrong: many who read long invoices, or one who reads an enormous one, keep billing from answering its
 * health checks and from handling orders, until it loses its place in its consumer group.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DomainEvent, type InvoiceIssued, OrderPlaced } from '@everyhop/events';
import { startService, type RunningService } from '@everyhop/service';
import { deliver, engines, testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import { exampleOrder } from './example-order.fixture.ts';
import { InvoicesController } from './invoices.controller.ts';
import { Invoicing } from './invoicing.ts';

@Module({ controllers: [InvoicesController] })
class OnlyHttp {}

let database: TestDatabase;
let service: RunningService;
beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
    ...{ KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: engines.registryUrl },
  });
  const migrations = new URL('../../migrations/', import.meta.url);
  service = await startService('billing', { features: [OnlyHttp], migrations });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

/** Issues an invoice of so many lines, as the handler does; returns where it is. */
async function issue(length: number): Promise<string> {
  const order = exampleOrder();
  const lines = Array.from({ length }, () => order.lines[0]!);
  const handle = new Invoicing().issueInvoice;
  const [event] = (await deliver(
    database.db,
    handle,
    OrderPlaced({ ...order, lines }),
  )) as DomainEvent<InvoiceIssued>[];
  return `${service.url}/invoices/${event!.data.invoiceId}.pdf`;
}

const live = async () => (await fetch(`${service.url}/health/live`)).status;

test('all who read get their invoice or are told when to ask again, and meanwhile billing lives', async () => {
  const links = await Promise.all(Array.from({ length: 30 }, () => issue(20)));
  const readers = Promise.all(Array.from({ length: 300 }, (_, reader) => fetch(links[reader % 30]!)));
  expect(await live()).toBe(200);
  await issue(1);
  const statuses = new Set<number>();
  for (const answer of await readers) {
    statuses.add(answer.status);
    if (answer.status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    else expect((await answer.bytes()).length).toBeGreaterThan(1000);
  }
  expect([...statuses].toSorted()).toEqual([200, 503]);
  await waitUntil('who asks again gets it', async () => (await fetch(links[29]!)).status === 200);
});

test('an invoice of 9,000 lines is rendered beside everything else', async () => {
  const enormous = await issue(9_000);
  const cut = new AbortController();
  const reading = fetch(enormous, { signal: cut.signal }).catch(() => undefined);
  for (let orders = 0; orders < 5; orders++) {
    expect(await live()).toBe(200);
    await issue(1);
  }
  cut.abort();
  expect(await reading).toBeUndefined();
});
