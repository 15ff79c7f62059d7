import { randomUUID } from 'node:crypto';
import { waitUntil } from '@everyhop/testing';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { addresses } from './addresses.ts';

/** A step of an order's journey, as the shop tells it. */
export interface Hop {
  event: string;
  service: string;
  at: string;
  ms: number;
}

/** An order, as the shop tells it. */
export interface Order {
  orderId: string;
  state: string;
  customer: { name: string; email: string };
  lines: { sku: string; name: string; quantity: number; lineTotal: Money }[];
  net: Money;
  tax: Money;
  total: Money;
  traceId: string;
  journey: Hop[];
  links: { self: string; events: string; trace: string; invoice: string; label: string };
}

interface Money {
  amount: string;
  currency: string;
}

/** What an order goes through, from the first to the last. */
export const wholeJourney = [
  ['OrderPlaced', 'shop'],
  ['InvoiceIssued', 'billing'],
  ['ShippingLabelCreated', 'logistics'],
  ['FollowUpEmailScheduled', 'crm'],
  ['EmailSent', 'crm'],
];

/** A customer who orders in this test only, under a name that is not plain ASCII. */
export const newCustomer = () => ({
  name: 'Zoë Łukasiewicz',
  email: `zoe-${randomUUID()}@example.com`,
});

/** An order of two mugs and a kettle, by a customer of its own. */
export const anOrder = (changes: object = {}) => ({
  customer: newCustomer(),
  shippingAddress: {
    name: 'Żaneta Øvergård',
    street: 'Große Straße 12',
    postalCode: '10115',
    city: 'Berlin',
    country: 'DE',
  },
  lines: [
    { sku: 'HOP-MUG', quantity: 2 },
    { sku: 'HOP-KETTLE', quantity: 1 },
  ],
  ...changes,
});

/** Sends `body` to the shop as JSON. */
export const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(addresses.shop + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** Places an order; rejects unless the shop accepts it. */
export async function placeOrder(
  request: object = anOrder(),
  headers: Record<string, string> = {},
): Promise<Order> {
  const response = await post('/orders', request, headers);
  if (!response.ok) throw new Error(`the shop answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Order;
}

/** Places an order with a client's patience: asks again, with the same Idempotency-Key, until the shop has answered. */
export function placeOrderPatiently(request: object = anOrder()): Promise<Order> {
  const headers = { 'Idempotency-Key': randomUUID() };
  return waitUntil('the shop takes the order', () => placeOrder(request, headers), { timeoutMs: 60_000 });
}

/** The order as it is now. */
export async function getOrder(orderId: string): Promise<Order> {
  const response = await fetch(`${addresses.shop}/orders/${orderId}`);
  return (await response.json()) as Order;
}

/** The order when its journey is over. */
export const completed = (orderId: string): Promise<Order> =>
  waitUntil(
    `order ${orderId} is completed`,
    async () => {
      const order = await getOrder(orderId);
      return order.state === 'completed' && order;
    },
    { timeoutMs: 45_000 },
  );

/** The hops of an order as the shop pushes them; ends when the shop ends the stream. */
export async function* follow({ links }: Order): AsyncGenerator<Hop> {
  const { body } = await fetch(links.events);
  const messages = body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of messages) if (event === 'journey') yield JSON.parse(data) as Hop;
}
