import { expect, test } from '@jest/globals';
import { dev } from './dev.ts';
import {
  anOrder,
  completed,
  follow,
  getOrder,
  placeOrder,
  post,
  wholeJourney,
  type Hop,
  type Order,
} from './shop.ts';

test('one order passes through four services', async () => {
  const request = anOrder();
  const placed = await placeOrder(request);
  expect(placed).toMatchObject({ state: 'placed', customer: request.customer });
  expect(placed.total).toEqual({ amount: '11936', currency: 'EUR' }); // (2 × 12.90 + 74.50) € + 19 %

  const order = await completed(placed.orderId);
  const steps = order.journey.map(({ event, service }) => [event, service]);
  expect(steps[0]).toEqual(wholeJourney[0]);
  expect(steps.toSorted()).toEqual(wholeJourney.toSorted());
  expect(steps.at(-1)).toEqual(wholeJourney.at(-1));
  for (const { ms } of order.journey) expect(ms).toBeGreaterThanOrEqual(0);
});

test('the links of an order lead to what was made for it', async () => {
  const { orderId } = await placeOrder();
  const { links } = await completed(orderId);
  const opened = await Promise.all(
    Object.entries(links).map(async ([name, link]) => {
      const response = await fetch(link);
      await response.body?.cancel();
      return [name, response.status, response.headers.get('content-type')?.split(';')[0]];
    }),
  );
  expect(Object.fromEntries(opened.map(([name, ...rest]) => [name, rest]))).toEqual({
    self: [200, 'application/json'],
    events: [200, 'text/event-stream'],
    invoice: [200, 'application/pdf'],
    label: [200, 'application/pdf'],
    trace: [200, 'text/html'],
  });
});

test('a browser that follows an order is told of each hop, and then the stream ends', async () => {
  const order = await placeOrder();
  const hops = await Array.fromAsync(follow(order));
  expect(hops.map(({ event, service }) => [event, service]).toSorted()).toEqual(wholeJourney.toSorted());
  expect((await getOrder(order.orderId)).state).toBe('completed');

  const again = await Array.fromAsync(follow(order));
  expect(again.toSorted(byEvent)).toEqual(hops.toSorted(byEvent));
});

test('an order sent twice with one Idempotency-Key is placed once', async () => {
  const request = anOrder();
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const answers = await Promise.all([1, 2, 3].map(() => post('/orders', request, headers)));
  const orders = await Promise.all(answers.map(async (answer) => (await answer.json()) as Order));
  expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(1);
  await completed(orders[0]!.orderId);
});

test('./dev order --json prints one line an order, with its whole journey and all links', async () => {
  const lines = (await dev('order', '--count', '3', '--json')).trim().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const { journey, ...order } = JSON.parse(line);
    const link = expect.stringMatching(/^http:/);
    expect(order).toEqual({
      orderId: expect.any(String),
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      placedMs: expect.any(Number),
      links: { order: link, invoice: link, label: link, email: link, trace: link },
    });
    expect(journey.map(({ event, service }: Hop) => [event, service]).toSorted()).toEqual(
      wholeJourney.toSorted(),
    );
    for (const { ms } of journey) expect(ms).toEqual(expect.any(Number));
  }
});

const byEvent = (a: Hop, b: Hop) => a.event.localeCompare(b.event);
