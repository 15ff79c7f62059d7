import { expect, test } from '@jest/globals';
import { OrderPlaced } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { addresses } from './addresses.ts';
import { dev } from './dev.ts';
import { anOrder, completed, newCustomer, placeOrder, post } from './shop.ts';
import { readEvents } from './topics.ts';

const services = ['shop', 'billing', 'logistics', 'crm'] as const;

const logsOf = (...names: string[]) => dev('logs', ...names, '-n', '1000000', '--json');

async function linesOf(service: string): Promise<Record<string, unknown>[]> {
  const lines = (await logsOf(service)).split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

test('log lines carry the ids of trace, event and correlation', async () => {
  const { orderId, traceId } = await placeOrder();
  await completed(orderId);
  await using orders = await readEvents(OrderPlaced);
  const { event } = await waitUntil('OrderPlaced is read', () =>
    orders.seen().find(({ data }) => data.orderId === orderId),
  );

  expect(await linesOf('shop')).toContainEqual(
    expect.objectContaining({ service: 'shop', msg: 'POST /orders 201', trace_id: traceId }),
  );
  expect(await linesOf('crm')).toContainEqual(
    expect.objectContaining({
      service: 'crm',
      job: 'send-email',
      trace_id: traceId,
      event_id: event.id,
      correlation_id: event.correlationId,
    }),
  );
});

/** Sets from which level up a service logs; resolves with the one in its settings. */
async function setLogLevel(service: (typeof services)[number], level: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ level });
  const response = await fetch(`${addresses[service]}/admin/log-level`, { method: 'PUT', headers, body });
  return ((await response.json()) as { configured: string }).configured;
}

test.each(services)('each line of %s says when, how bad, who and what', async (service) => {
  const lines = (await logsOf(service)).split('\n').filter((line) => line !== '');
  expect(lines).not.toEqual([]);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: expect.stringMatching(/^(fatal|error|warn|info|debug|trace)$/),
      service,
      msg: expect.any(String),
    });
  }
});

test('no log tells who ordered what, or lives where, however much is logged', async () => {
  const configured = await Promise.all(services.map((service) => setLogLevel(service, 'trace')));
  const request = anOrder();
  const user = newCustomer();
  const { orderId } = await placeOrder(request);
  await post('/users', user);
  await post('/users', user);
  await post('/orders', { ...request, lines: [] });
  await completed(orderId);
  const { name, street, city } = request.shippingAddress;
  const logs = await logsOf();
  for (const secret of [user.name, user.email, request.customer.email, name, street, city])
    expect(logs).not.toContain(secret);
  await Promise.all(services.map((service, index) => setLogLevel(service, configured[index]!)));
});
