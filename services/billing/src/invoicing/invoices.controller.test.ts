import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DomainEvent, type InvoiceIssued, OrderPlaced } from '@everyhop/events';
import { startService, type RunningService } from '@everyhop/service';
import { deliver, engines, testDatabase, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import { exampleOrder } from './example-order.fixture.ts';
import { InvoicesController } from './invoices.controller.ts';
import { Invoicing } from './invoicing.ts';
import { readPages } from './pdf/read-pages.fixture.ts';

const migrations = new URL('../../migrations/', import.meta.url);

/** Without the handler, so that this test joins no consumer group. */
@Module({ controllers: [InvoicesController] })
class OnlyHttp {}

let database: TestDatabase;
let service: RunningService;
let issued: InvoiceIssued;

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
    ...{ KAFKA_BROKERS: engines.brokers.join(), SCHEMA_REGISTRY_URL: engines.registryUrl },
  });
  service = await startService('billing', { features: [OnlyHttp], migrations });
  const order = OrderPlaced(exampleOrder());
  const handle = new Invoicing().issueInvoice;
  const [event] = (await deliver(database.db, handle, order)) as DomainEvent<InvoiceIssued>[];
  issued = event!.data;
});
afterAll(async () => {
  await service?.stop();
  await database.drop();
});

const get = (path: string, headers = {}) => fetch(new URL(path, service.url), { headers });

test('an issued invoice is served as a PDF to look at, named by its number', async () => {
  const response = await get(`/invoices/${issued.invoiceId}.pdf`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/pdf');
  const name = `inline; filename="invoice-${issued.invoiceNumber}.pdf"`;
  expect(response.headers.get('content-disposition')).toBe(name);
  const [page] = await readPages(await response.bytes());
  expect(page!.text).toContain(`Invoice ${issued.invoiceNumber}`);
  expect(page!.text).toContain('€47.59');
});

test('who has it already is not sent it again', async () => {
  const path = `/invoices/${issued.invoiceId}.pdf`;
  const etag = (await get(path)).headers.get('etag')!;
  // fetch() would otherwise ask for a fresh copy.
  const conditional = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
  expect((await get(path, conditional)).status).toBe(304);
});

test.each([
  ['an unknown invoice', '/invoices/01997cb9-76f1-7a0e-b1dc-0a4c1b2d3e4f.pdf', 404],
  ['an id that is no UUID', '/invoices/42.pdf', 404],
])('%s is answered with a problem that says what to do', async (_, path, status) => {
  const response = await get(path);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ status, detail: expect.any(String), instance: path });
});
