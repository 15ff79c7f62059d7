import { expect, test } from '@jest/globals';
import { OrderPlaced } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { dev } from './dev.ts';
import { anOrder, completed, newCustomer, placeOrder, post } from './shop.ts';
import { readEvents } from './topics.ts';

const logsOf = (...names: string[]) => dev('logs', ...names, '-n', '1000000');

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

test('no log tells who ordered what, or lives where', async () => {
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
});
