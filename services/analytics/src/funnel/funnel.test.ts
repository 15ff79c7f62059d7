/** The whole service on real Kafka, registry and Postgres. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  EmailSent,
  InvoiceIssued,
  OrderPlaced,
  ShippingLabelCreated,
  UserRegistered,
  type DomainEvent,
} from '@everyhop/events';
import { handlersOf } from '@everyhop/inbox';
import { startService, type RunningService } from '@everyhop/service';
import { deliver, engines, randomName, testDatabase, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import type { AnalyticsDatabase } from './database.ts';
import { FunnelController } from './funnel.controller.ts';
import { Funnel } from './funnel.ts';
import { FunnelProjection } from './funnel-projection.ts';

/** Without the handlers, so that no event of another test is counted. */
@Module({ controllers: [FunnelController], providers: [Funnel] })
class OnlyHttp {}

let database: TestDatabase<AnalyticsDatabase>;
let analytics: RunningService;
beforeAll(async () => {
  database = await testDatabase<AnalyticsDatabase>();
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
    ...{ KAFKA_BROKERS: engines.brokers.join(), SCHEMA_REGISTRY_URL: engines.registryUrl },
  });
  analytics = await startService(randomName('analytics'), {
    features: [OnlyHttp],
    migrations: new URL('../../migrations/', import.meta.url),
  });
});
afterAll(async () => {
  await analytics?.stop();
  await database.drop();
});

const get = async (path: string) => {
  const response = await fetch(analytics.url + path);
  return { status: response.status, body: (await response.json()) as any };
};

/** Tells analytics what has happened, as its inbox would. */
async function tell(events: DomainEvent<any>[]): Promise<void> {
  for (const event of events) {
    const { handle } = handlersOf(new FunnelProjection()).find(
      (handler) => handler.event === event.eventType,
    )!;
    await deliver(database.db, handle, event);
  }
}

const person = { name: 'Ada', email: 'ada@example.org' };
const shippingAddress = {
  name: 'Ada',
  street: 'Main St 1',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
};
const money = { amount: 1n, currency: 'EUR' };
const [net, tax, total] = [money, money, money];

/** All that becomes of an order, a step at each of `times`. */
function wholeJourney(customerId: string, orderId: string, times: Date[]): DomainEvent<any>[] {
  const [registeredAt, placedAt, issuedAt, createdAt, sentAt] = times as [Date, Date, Date, Date, Date];
  const customer = { customerId, ...person };
  return [
    UserRegistered({ userId: customerId, ...person, registeredAt }),
    OrderPlaced({
      orderId,
      customer,
      shippingAddress,
      lines: [],
      net,
      tax,
      total,
      taxRatePercent: 0,
      placedAt,
    }),
    InvoiceIssued({
      invoiceId: randomUUID(),
      invoiceNumber: '1',
      orderId,
      customer,
      net,
      tax,
      total,
      issuedAt,
    }),
    ShippingLabelCreated({
      ...{ shipmentId: randomUUID(), orderId, trackingNumber: '1', carrier: 'Parcel' },
      ...{ shippingAddress, createdAt },
    }),
    EmailSent({
      ...{ emailId: randomUUID(), orderId, kind: 'FollowUp', recipient: person },
      ...{ subject: 'Hello', messageReference: '<1>', sentAt },
    }),
  ];
}

const none = { registered: 0, ordered: 0, invoiced: 0, shipped: 0, mailed: 0 };
const at = (time: string) => new Date(`2026-01-01T${time}Z`);

test('the steps of all journeys are counted in the minutes in which they were taken', async () => {
  const times = ['09:00:10', '09:00:59', '09:01:00', '09:01:01', '09:59:59'].map(at);
  await tell(wholeJourney(randomUUID(), randomUUID(), times));
  await tell(wholeJourney(randomUUID(), randomUUID(), times.with(4, at('10:00:00'))));
  const { body } = await get('/funnel?from=2026-01-01T09:00:00Z&to=2026-01-01T10:00:00Z');
  expect(body.total).toEqual({ registered: 2, ordered: 2, invoiced: 2, shipped: 2, mailed: 1 });
  expect(body.minutes).toEqual([
    { minute: '2026-01-01T09:00:00.000Z', ...none, registered: 2, ordered: 2 },
    { minute: '2026-01-01T09:01:00.000Z', ...none, invoiced: 2, shipped: 2 },
    { minute: '2026-01-01T09:59:00.000Z', ...none, mailed: 1 },
  ]);
});

test('told again, in whatever order, the events leave the same journey behind', async () => {
  const [customerId, orderId] = [randomUUID(), randomUUID()];
  const times = ['12:00:00', '12:00:01', '12:00:04', '12:00:03', '12:00:05'].map(at);
  const events = wholeJourney(customerId, orderId, times);
  await tell(events.toReversed());
  const { body } = await get(`/journeys/${orderId}`);
  expect(body.customerId).toBe(customerId);
  expect(body.steps).toEqual([
    { step: 'registered', at: times[0]!.toISOString() },
    { step: 'ordered', at: times[1]!.toISOString() },
    { step: 'shipped', at: times[3]!.toISOString() },
    { step: 'invoiced', at: times[2]!.toISOString() },
    { step: 'mailed', at: times[4]!.toISOString() },
  ]);
  await tell(events);
  expect((await get(`/journeys/${orderId}`)).body).toEqual(body);
});

test('all of it may be replayed', () => {
  for (const handler of handlersOf(new FunnelProjection())) expect(handler.replayable).toBe(true);
});

test.each([
  ['an order that nobody knows', `/journeys/${randomUUID()}`, 404],
  ['an id that is no UUID', '/journeys/42', 404],
  ['a time that is none', '/funnel?from=yesterday', 422],
  ['a range that ends before it begins', '/funnel?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 422],
  ['a range of more than seven days', '/funnel?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 422],
])('%s is answered with a problem that says what to do', async (_, path, status) => {
  expect(await get(path)).toMatchObject({ status, body: { status, detail: expect.any(String) } });
});
