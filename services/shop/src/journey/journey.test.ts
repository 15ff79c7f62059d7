import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderOfTwoMugs, type Shop, startShop } from '../shop.fixture.ts';
import { stepsIn } from './steps.fixture.ts';

let shop: Shop;
let steps: ReturnType<typeof stepsIn>;
beforeAll(async () => {
  shop = await startShop();
  steps = stepsIn(shop.db);
});
afterAll(() => shop.stop());

const placeOrder = async (): Promise<string> => (await shop.post('/orders', orderOfTwoMugs)).body.orderId;
const orderOf = async (orderId: string) => (await shop.get(`/orders/${orderId}`)).body;

test('an order that was just placed has one hop', async () => {
  const orderId = await placeOrder();
  const order = await orderOf(orderId);
  expect(order).toMatchObject({ orderId, state: 'placed', total: { amount: '3183' } });
  expect(order.journey).toEqual([{ event: 'OrderPlaced', service: 'shop', at: order.placedAt, ms: 0 }]);
  expect(order.links.invoice).toBeUndefined();
});

const names = ['InvoiceIssued', 'ShippingLabelCreated', 'FollowUpEmailScheduled', 'EmailSent'] as const;

test.each([
  [names],
  [names.toReversed()],
  [['EmailSent', 'InvoiceIssued', 'FollowUpEmailScheduled', 'ShippingLabelCreated'] as const],
])('in whatever order the events come, the order is completed by the last of them: %j', async (order) => {
  const orderId = await placeOrder();
  for (const [index, name] of order.entries()) {
    await steps[name](orderId);
    const { state, journey } = await orderOf(orderId);
    expect(state).toBe(index === names.length - 1 ? 'completed' : 'processing');
    expect(journey.map(({ event }: { event: string }) => event)).toEqual([
      'OrderPlaced',
      ...order.slice(0, index + 1),
    ]);
  }
});

test('each hop says which service did it, and how long after the order', async () => {
  const orderId = await placeOrder();
  for (const name of names) await steps[name](orderId);
  const { journey, placedAt } = await orderOf(orderId);
  expect(journey.map(({ service }: { service: string }) => service)).toEqual([
    'shop',
    'billing',
    'logistics',
    'crm',
    'crm',
  ]);
  for (const { at, ms } of journey) expect(ms).toBe(Date.parse(at) - Date.parse(placedAt));
});

test('invoice and label are linked as soon as they are there', async () => {
  const [orderId, invoiceId, shipmentId] = [await placeOrder(), randomUUID(), randomUUID()];
  await steps.InvoiceIssued(orderId, invoiceId);
  await steps.ShippingLabelCreated(orderId, shipmentId);
  expect((await orderOf(orderId)).links).toMatchObject({
    invoice: `http://127.0.0.1:4002/invoices/${invoiceId}.pdf`,
    label: `http://127.0.0.1:4003/shipments/${shipmentId}/label.pdf`,
  });
});

test('a step that is told twice counts once, as it was told first', async () => {
  const [orderId, first] = [await placeOrder(), randomUUID()];
  await steps.InvoiceIssued(orderId, first);
  await steps.InvoiceIssued(orderId);
  const { journey, links } = await orderOf(orderId);
  expect(journey).toHaveLength(2);
  expect(links.invoice).toContain(first);
});

test('a mail that is about no order belongs to no journey', async () => {
  const count = async () => (await shop.db.selectFrom('journey').selectAll().execute()).length;
  const before = await count();
  await steps.EmailSent(null);
  expect(await count()).toBe(before);
});

test.each([randomUUID(), 'no-id', '%00'])(
  'an order that there is not is a problem that names it: %s',
  async (orderId) => {
    for (const path of [`/orders/${orderId}`, `/orders/${orderId}/events`]) {
      const { status, headers, body } = await shop.get(path);
      expect(status).toBe(404);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({ errors: [{ parameter: 'orderId' }] });
    }
  },
);
