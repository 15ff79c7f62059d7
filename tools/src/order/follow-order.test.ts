import { afterEach, expect, test } from '@jest/globals';
import { followOrder, type Hop } from './follow-order.ts';
import { placeOrder } from './place-order.ts';
import { standInStack, type Misbehaviour } from './stand-in-stack.fixture.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

async function stack(misbehaviour?: Misbehaviour) {
  const stack = await standInStack(misbehaviour);
  cleanups.push(stack.stop);
  return stack;
}

test('an order names real products and a customer of its own', async () => {
  const { url, requests } = await stack();
  await placeOrder(url);
  await placeOrder(url);
  const [first, second] = requests.filter(({ path }) => path === '/orders').map(({ body }) => body);
  expect(first.lines).toEqual([
    { sku: 'HOP-MUG', quantity: 1 },
    { sku: 'HOP-TEE', quantity: 2 },
  ]);
  expect(first.customer.email).toMatch(/^ada\.[0-9a-f]{12}@example\.com$/);
  expect(first.customer.email).not.toBe(second.customer.email);
});

test('a followed order has its hops in order, and links to all that came of it', async () => {
  const { url, requests } = await stack();
  const seen: Hop[] = [];
  const placed = await placeOrder(url);
  const followed = await followOrder(placed, { mail: url, onHop: (hop) => seen.push(hop) });
  expect(followed).toEqual({
    orderId: '1',
    traceId: 'abc',
    placedMs: placed.placedMs,
    journey: [
      { event: 'OrderPlaced', service: 'shop', ms: 0 },
      { event: 'FollowUpEmailScheduled', service: 'crm', ms: 38 },
      { event: 'InvoiceIssued', service: 'billing', ms: 41 },
      { event: 'ShippingLabelCreated', service: 'logistics', ms: 44 },
      { event: 'EmailSent', service: 'crm', ms: 2051 },
    ],
    links: {
      order: `${url}/orders/1`,
      invoice: 'http://billing/i.pdf',
      label: 'http://logistics/l.pdf',
      email: `${url}/view/7`,
      trace: 'http://jaeger/trace/abc',
    },
    missing: [],
  });
  expect(seen).toEqual(followed.journey);
  expect(requests.map(({ path }) => path)).toContain(
    `/api/v1/search?query=to%3A${encodeURIComponent(placed.email)}`,
  );
});

test('when the stream of events breaks, the order itself tells the rest, and no hop is told twice', async () => {
  const { url } = await stack({ breakAfter: 2 });
  const seen: string[] = [];
  const followed = await followOrder(await placeOrder(url), {
    mail: url,
    onHop: ({ event }) => seen.push(event),
  });
  expect(followed.missing).toEqual([]);
  expect(seen).toHaveLength(5);
});

test('a hop that is not made in time is missing, and the rest is told', async () => {
  const { url } = await stack({ never: ['InvoiceIssued', 'EmailSent'] });
  const followed = await followOrder(await placeOrder(url), { mail: url, timeoutMs: 300 });
  expect(followed.missing).toEqual(['InvoiceIssued', 'EmailSent']);
  expect(followed.journey).toHaveLength(3);
  expect(followed.links.email).toBeUndefined();
});
