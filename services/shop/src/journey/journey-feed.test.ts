import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderOfTwoMugs, type Shop, startShop } from '../shop.fixture.ts';
import { stepsIn } from './steps.fixture.ts';

// The steps are written on connections of their own, as another instance of the shop would.
let shop: Shop;
let steps: ReturnType<typeof stepsIn>;
beforeAll(async () => {
  shop = await startShop();
  steps = stepsIn(shop.db);
});
afterAll(() => shop.stop());

const placeOrder = async (): Promise<string> => (await shop.post('/orders', orderOfTwoMugs)).body.orderId;

/** The names in the events `journey` of the stream, as they come. */
async function* follow(orderId: string, { service } = shop): AsyncGenerator<string> {
  const response = await fetch(`${service.url}/orders/${orderId}/events`);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const data = /^event: journey$[^]*^data: (.*)$/m.exec(block)?.[1];
      if (data) yield JSON.parse(data).event;
    }
  }
}

async function all(events: AsyncGenerator<string>): Promise<string[]> {
  const names: string[] = [];
  for await (const name of events) names.push(name);
  return names;
}

test('the stream tells past hops first, then each as it is committed, and ends after the last', async () => {
  const orderId = await placeOrder();
  await steps.ShippingLabelCreated(orderId);
  const events = follow(orderId);
  const next = async () => (await events.next()).value;
  expect([await next(), await next()]).toEqual(['OrderPlaced', 'ShippingLabelCreated']);
  for (const name of ['EmailSent', 'InvoiceIssued', 'FollowUpEmailScheduled'] as const) {
    await steps[name](orderId);
    expect(await next()).toBe(name);
  }
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('several clients follow several orders, each its own', async () => {
  const orders = [await placeOrder(), await placeOrder()];
  const streams = [...orders, ...orders].map((orderId) => all(follow(orderId)));
  for (const name of [
    'InvoiceIssued',
    'ShippingLabelCreated',
    'FollowUpEmailScheduled',
    'EmailSent',
  ] as const)
    for (const orderId of orders) await steps[name](orderId);
  for (const events of await Promise.all(streams)) expect(events).toHaveLength(5);
});

test('the journey of a completed order is told at once', async () => {
  const orderId = await placeOrder();
  for (const name of [
    'InvoiceIssued',
    'ShippingLabelCreated',
    'FollowUpEmailScheduled',
    'EmailSent',
  ] as const)
    await steps[name](orderId);
  expect(await all(follow(orderId))).toHaveLength(5);
});

test('a stream that waits ends when the service stops', async () => {
  const other = await startShop();
  const { body } = await other.post('/orders', orderOfTwoMugs);
  const events = follow(body.orderId, other);
  expect((await events.next()).value).toBe('OrderPlaced');
  const end = events.next();
  await other.stop();
  expect((await end).done).toBe(true);
});
