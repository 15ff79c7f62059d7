import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DomainEvent, OrderPlaced, type ShippingLabelCreated } from '@everyhop/events';
import { startService, type RunningService } from '@everyhop/service';
import { deliver, engines, testDatabase, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import { exampleOrder } from './example-order.fixture.ts';
import { Labels } from './labels.ts';
import { readLabel, scan } from './pdf/read-label.fixture.ts';
import { ShipmentsController } from './shipments.controller.ts';

const migrations = new URL('../../migrations/', import.meta.url);

/** Without the handler, so that this test joins no consumer group. */
@Module({ controllers: [ShipmentsController] })
class OnlyHttp {}

let database: TestDatabase;
let service: RunningService;
let created: ShippingLabelCreated;

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
    ...{ KAFKA_BROKERS: engines.brokers.join(), SCHEMA_REGISTRY_URL: engines.registryUrl },
  });
  service = await startService('logistics', { features: [OnlyHttp], migrations });
  const order = OrderPlaced(exampleOrder());
  const handle = new Labels().createLabel;
  const [event] = (await deliver(database.db, handle, order)) as DomainEvent<ShippingLabelCreated>[];
  created = event!.data;
});
afterAll(async () => {
  await service?.stop();
  await database.drop();
});

const get = (path: string) => fetch(new URL(path, service.url));

test("a shipment's label is served as a PDF that scans as its tracking number", async () => {
  const response = await get(`/shipments/${created.shipmentId}/label.pdf`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/pdf');
  const name = `inline; filename="label-${created.trackingNumber}.pdf"`;
  expect(response.headers.get('content-disposition')).toBe(name);
  expect(scan(await readLabel(await response.bytes()))).toBe(`]C100${created.trackingNumber}`);
});

test.each([
  ['an unknown shipment', '/shipments/01997cb9-76f1-7a0e-b1dc-0a4c1b2d3e4f/label.pdf', 404],
  ['an id that is no UUID', '/shipments/42/label.pdf', 404],
])('%s is answered with a problem that says what to do', async (_, path, status) => {
  const response = await get(path);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ status, detail: expect.any(String), instance: path });
});
