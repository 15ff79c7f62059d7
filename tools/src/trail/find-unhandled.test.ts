/** What would go wrong: an event that nobody handles is nowhere to be found, as services note only what they handle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUIDv7 } from 'node:crypto';
import { allEvents, PointsEarned, toHeaders } from '@everyhop/events';
import { createTopics, withWriter } from '@everyhop/kafka/admin';
import { engines } from '@everyhop/testing';
import { findUnhandled } from './find-unhandled.ts';
import type { TrailEntry } from './find-trail.ts';

const kafka = { brokers: engines.brokers };
const { EVERYHOP_PORT_BASE } = process.env;
beforeAll(async () => {
  process.env.EVERYHOP_PORT_BASE = String(Number(engines.brokers[0]!.split(':')[1]) - 92);
  const topics = [...new Set(allEvents.map(({ topic }) => topic))];
  await createTopics({
    ...kafka,
    topics: topics.map((topic) => ({ topic, partitions: 6, replicationFactor: 1 })),
  });
});
afterAll(() => {
  if (EVERYHOP_PORT_BASE === undefined) delete process.env.EVERYHOP_PORT_BASE;
  else process.env.EVERYHOP_PORT_BASE = EVERYHOP_PORT_BASE;
});

const traceId = 'c0ffee'.padEnd(32, '0');

/** Puts an event of `key` on the topic of PointsEarned, with headers only. */
async function publish(key: string, correlationId: string): Promise<string> {
  const id = randomUUIDv7();
  const { type, topic } = PointsEarned;
  const of = { id, type, key, correlationId, time: new Date(), source: 'loyalty', sequence: 1n };
  const headers = { ...toHeaders(of), traceparent: `00-${traceId}-0123456789abcdef-01` };
  const bytes = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]);
  await withWriter(kafka, (write) =>
    write([
      {
        ...{ topic, partition: 0, key: Buffer.from(key), value: null, timestamp: String(Date.now()) },
        headers: Object.fromEntries(bytes),
      },
    ]),
  );
  return id;
}

const handled = (eventId: string, correlationId: string): TrailEntry => ({
  ...{ service: 'billing', what: 'handled', at: new Date().toISOString(), eventId, correlationId },
  ...{ type: 'shop.OrderPlaced', handler: 'billing.issue-invoice', key: 'order', attempt: 1 },
  ...{ reason: null, by: null, traceId },
});

test('what followed from an order and nobody handles is found', async () => {
  const [placed, customer] = [randomUUIDv7(), randomUUIDv7()];
  const eventId = await publish(customer, placed);
  await publish(customer, randomUUIDv7());
  const found = await findUnhandled('order', [handled(placed, placed)]);
  expect(found).toEqual([
    {
      ...{ service: 'loyalty', what: 'published', at: expect.any(String), eventId, key: customer, traceId },
      ...{ type: PointsEarned.type, correlationId: placed, reason: 'not handled so far' },
      ...{ handler: null, attempt: null, by: null },
    },
  ]);
  expect(await findUnhandled('order', [handled(placed, placed), handled(eventId, placed)])).toEqual([]);
});

test('an event that no service knows is found by its id, or by a key that has a time', async () => {
  const customer = randomUUIDv7();
  const eventId = await publish(customer, randomUUIDv7());
  expect(await findUnhandled(eventId, [])).toMatchObject([{ eventId, key: customer }]);
  expect(await findUnhandled(customer, [])).toMatchObject([{ eventId, key: customer }]);
  expect(await findUnhandled('no time', [])).toEqual([]);
});
