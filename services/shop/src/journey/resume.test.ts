/**
 * What would go wrong: whoever follows an order and loses the connection is told hops twice or never; or a standard
 * `EventSource`, which comes back after each end, asks for a finished order for ever.
 */
import { connect as connectTo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { orderOfTwoMugs, type Shop, startShop } from '../shop.fixture.ts';
import { stepsIn } from './steps.fixture.ts';

let shop: Shop;
let steps: ReturnType<typeof stepsIn>;
beforeAll(async () => {
  shop = await startShop();
  steps = stepsIn(shop.db);
});
afterAll(() => shop.stop());

const names = ['InvoiceIssued', 'ShippingLabelCreated', 'FollowUpEmailScheduled', 'EmailSent'] as const;
const placeOrder = async (): Promise<string> => (await shop.post('/orders', orderOfTwoMugs)).body.orderId;

const connect = (orderId: string, lastEventId?: string) =>
  fetch(`${shop.service.url}/orders/${orderId}/events`, {
    headers: lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId },
  });

/** What the stream tells, message by message, as a browser parses it. */
async function* messages(response: Response): AsyncGenerator<EventSourceMessage> {
  yield* response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}
async function all(response: Response): Promise<EventSourceMessage[]> {
  const found: EventSourceMessage[] = [];
  for await (const message of messages(response)) found.push(message);
  return found;
}
const eventOf = ({ data }: EventSourceMessage): string => JSON.parse(data).event;

test.each([
  [names],
  [names.toReversed()],
  [['EmailSent', 'InvoiceIssued', 'FollowUpEmailScheduled', 'ShippingLabelCreated'] as const],
])(
  'who comes back after any of the hops, in whatever order they came, is told exactly the rest: %j',
  async (order) => {
    const orderId = await placeOrder();
    const live = messages(await connect(orderId));
    const told: EventSourceMessage[] = [(await live.next()).value!];
    for (const name of order) {
      await steps[name](orderId);
      told.push((await live.next()).value!);
    }
    expect(told.map(eventOf)).toEqual(['OrderPlaced', ...order]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(5);
    for (const [index, { id }] of told.slice(0, -1).entries()) {
      const rest = await all(await connect(orderId, id));
      expect(rest.map(eventOf).toSorted()).toEqual(order.slice(index).toSorted());
      // However it came to it, who has been told all names it in the same way.
      expect(rest.at(-1)!.id).toBe(told.at(-1)!.id);
    }
  },
);

test('who comes back before anything has happened is told what happens then', async () => {
  const orderId = await placeOrder();
  const before = messages(await connect(orderId));
  const { id } = (await before.next()).value!;
  await before.return(undefined);
  const after = messages(await connect(orderId, id));
  await steps.EmailSent(orderId);
  expect(eventOf((await after.next()).value!)).toBe('EmailSent');
  await after.return(undefined);
});

test('who has been told all is answered with 204, after which an EventSource does not come back', async () => {
  const orderId = await placeOrder();
  for (const name of names) await steps[name](orderId);
  const told = await all(await connect(orderId));
  expect(told.map(eventOf)).toEqual(['OrderPlaced', ...names]);
  // As an EventSource does after the end of each stream.
  const again = await connect(orderId, told.at(-1)!.id);
  expect(again.status).toBe(204);
  expect(await again.text()).toBe('');
});

test.each(['', '7', '21', '11', 'x', '12345678', '-1', '1, 2'])(
  'an id that no stream has given is taken for none: "%s"',
  async (id) => {
    const orderId = await placeOrder();
    for (const name of names) await steps[name](orderId);
    expect(await all(await connect(orderId, id))).toHaveLength(5);
  },
);

test('the stream says when to come back, and begins before there is anything to tell', async () => {
  const orderId = await placeOrder();
  const text = (await connect(orderId, '1')).body!.pipeThrough(new TextDecoderStream());
  let said = '';
  for await (const chunk of text) {
    said += chunk;
    if (said.includes('\n: ')) await steps.InvoiceIssued(orderId);
    if (said.includes('data:')) break;
  }
  expect(said).toMatch(/^\n*: .+\n[^]*^event: journey\nid: 12\nretry: \d+\ndata: /m);
});

test('a request for the headers alone does not wait for the journey, nor does the next on its connection', async () => {
  const orderId = await placeOrder();
  const { hostname, port } = new URL(shop.service.url);
  const socket = connectTo(Number(port), hostname);
  const lines = ['HTTP/1.1', `Host: ${hostname}`, '', ''].join('\r\n');
  socket.write(`HEAD /orders/${orderId}/events ${lines}GET /products ${lines}`);
  let answers = '';
  for await (const chunk of socket) {
    answers += chunk;
    if (answers.includes('HOP-MUG')) break;
  }
  expect(answers).toMatch(/^HTTP\/1.1 200 OK\r\ncontent-type: text\/event-stream/);
});
