import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderOfTwoMugs, type Shop, startShop } from '../shop.fixture.ts';

let shop: Shop;
beforeAll(async () => void (shop = await startShop()));
afterAll(() => shop.stop());

const place = (order: unknown, key?: string) =>
  shop.post('/orders', order, key === undefined ? {} : { 'idempotency-key': key });

const ordersStored = async () => (await shop.db.selectFrom('orders').selectAll().execute()).length;

test('an order is answered with what it costs and where it can be followed, and published', async () => {
  const response = await place(orderOfTwoMugs);
  const order = response.body;
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe(order.links.self);
  expect(order).toMatchObject({
    state: 'placed',
    customer: orderOfTwoMugs.customer,
    lines: [{ sku: 'HOP-MUG', lineTotal: { amount: '2580', currency: 'EUR' } }, { sku: 'HOP-STICKER' }],
    net: { amount: '2675', currency: 'EUR' },
    tax: { amount: '508', currency: 'EUR' },
    total: { amount: '3183', currency: 'EUR' },
  });
  expect(order.links).toMatchObject({
    self: `${shop.service.url}/orders/${order.orderId}`,
    events: `${shop.service.url}/orders/${order.orderId}/events`,
  });
  expect(await shop.published()).toContainEqual(
    expect.objectContaining({ type: 'shop.OrderPlaced', aggregateid: order.orderId }),
  );
});

test('an order that nothing traces has no trace to link to', async () => {
  const { traceId, links } = (await place(orderOfTwoMugs)).body;
  expect(traceId).toBeNull();
  expect(links.trace).toBeUndefined();
});

test('the same Idempotency-Key gives the same order, also when the JSON is written differently', async () => {
  const key = randomUUID();
  const first = (await place(orderOfTwoMugs, key)).body;
  const before = await ordersStored();
  const { lines, ...others } = orderOfTwoMugs;
  const response = await place(JSON.stringify({ lines, ...others }, null, 2), key);
  expect(response.status).toBe(201);
  expect(response.body).toEqual(first);
  expect(await ordersStored()).toBe(before);
});

test('of concurrent requests with one Idempotency-Key one places the order and all get it', async () => {
  const key = randomUUID();
  const before = await ordersStored();
  const published = (await shop.published()).length;
  const responses = await Promise.all(Array.from({ length: 12 }, () => place(orderOfTwoMugs, key)));
  const ids = responses.map(({ body }) => body.orderId);
  expect(new Set(ids).size).toBe(1);
  expect(await ordersStored()).toBe(before + 1);
  expect((await shop.published()).length).toBe(published + 1);
});

test('an Idempotency-Key of another order is refused, and named', async () => {
  const key = randomUUID();
  await place(orderOfTwoMugs, key);
  const response = await place({ ...orderOfTwoMugs, lines: [{ sku: 'HOP-MUG', quantity: 3 }] }, key);
  expect(response.status).toBe(422);
  expect(response.body).toMatchObject({ errors: [{ header: 'Idempotency-Key' }] });
});

test.each(['', 'two words', 'x'.repeat(256)])(
  'an Idempotency-Key that can not be one is refused: %j',
  async (key) => {
    const response = await place(orderOfTwoMugs, key);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ errors: [{ header: 'Idempotency-Key' }] });
  },
);

test('orders without an Idempotency-Key are different orders', async () => {
  const [one, two] = await Promise.all([place(orderOfTwoMugs), place(orderOfTwoMugs)]);
  expect(one.body.orderId).not.toBe(two.body.orderId);
});

test('a registered user orders under their id', async () => {
  const { name, email } = orderOfTwoMugs.customer;
  const { userId: customerId } = (await shop.post('/users', { name, email })).body;
  const { status, body } = await place({ ...orderOfTwoMugs, customer: { customerId, name, email } });
  expect(status).toBe(201);
  expect(body.customer).toEqual({ customerId, name, email });
});
