/** What would go wrong: an order whose answer got lost is placed twice, or given up, and the count means nothing. */
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { placeOrders } from './place-orders.ts';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** A shop that takes orders, but answers one only when it is asked for the `answersAt`th time. */
async function forgetfulShop(answersAt: number) {
  const asked: { idempotencyKey: string; body: any }[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void response.end(JSON.stringify([{ sku: 'HOP-MUG' }]));
    const idempotencyKey = String(request.headers['idempotency-key']);
    asked.push({ idempotencyKey, body: await json(request) });
    const times = asked.filter((one) => one.idempotencyKey === idempotencyKey).length;
    if (times < answersAt) return void request.socket.destroy();
    response.end(JSON.stringify({ orderId: `order ${idempotencyKey}` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('an order whose answer got lost is asked for again, the same order under the same key', async () => {
  const { url, asked } = await forgetfulShop(3);
  const orders = await placeOrders({ shops: [url], orders: 2, seconds: 1, patienceMs: 60_000 });
  expect(asked).toHaveLength(6);
  for (const { idempotencyKey, email, orderId } of orders) {
    expect(orderId).toBe(`order ${idempotencyKey}`);
    const [first, ...again] = asked.filter((one) => one.idempotencyKey === idempotencyKey);
    expect(first!.body.customer.email).toBe(email);
    expect(again).toEqual([first, first]);
  }
});

test('an order that is never answered is given up when the patience ends', async () => {
  const { url } = await forgetfulShop(Infinity);
  const orders = await placeOrders({ shops: [url], orders: 1, seconds: 1, patienceMs: 0 });
  expect(orders).toEqual([{ idempotencyKey: expect.any(String), email: expect.any(String) }]);
});
