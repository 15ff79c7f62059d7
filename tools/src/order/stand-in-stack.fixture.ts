import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Hop } from './follow-order.ts';

/** How the stand-in behaves when it does not just work. */
export interface Misbehaviour {
  /** Breaks the stream of events after that many hops; the next one to be opened starts from the first. */
  breakAfter?: number;
  /** Hops that are never made. */
  never?: string[];
  /** Tells of the hops in another order than that of time. */
  shuffle?: boolean;
  /** Refuses each order with this problem. */
  problem?: object;
}

const journey: Hop[] = [
  { event: 'OrderPlaced', service: 'shop', ms: 0 },
  { event: 'FollowUpEmailScheduled', service: 'crm', ms: 38 },
  { event: 'InvoiceIssued', service: 'billing', ms: 41 },
  { event: 'ShippingLabelCreated', service: 'logistics', ms: 44 },
  { event: 'EmailSent', service: 'crm', ms: 2051 },
];

/** A server that answers as the shop and the mail sink do, for the tests: only it can be told to break off. */
export async function standInStack({ breakAfter, never = [], shuffle, problem }: Misbehaviour = {}) {
  const made = journey.filter(({ event }) => !never.includes(event));
  const requests: { path: string; body?: any }[] = [];

  const server = createServer(async (request, response) => {
    const path = request.url!;
    requests.push({ path, body: request.method === 'POST' ? await json(request) : undefined });
    const links = {
      self: `${url}/orders/1`,
      events: `${url}/orders/1/events`,
      trace: 'http://jaeger/trace/abc',
    };
    if (path === '/products') answer(response, 200, [{ sku: 'HOP-MUG' }, { sku: 'HOP-TEE' }]);
    else if (path === '/orders' && problem) answer(response, 422, problem);
    else if (path === '/orders') answer(response, 201, { orderId: '1', traceId: 'abc', links });
    else if (path === '/orders/1/events') stream(response, shuffle ? made.toReversed() : made, breakAfter);
    else if (path === '/orders/1') {
      answer(response, 200, {
        journey: made,
        links: { ...links, invoice: 'http://billing/i.pdf', label: 'http://logistics/l.pdf' },
      });
    } else if (path.startsWith('/api/v1/search')) answer(response, 200, { messages: [{ ID: '7' }] });
    else answer(response, 404, {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Ends only after the last hop, as the shop does. */
function stream(response: ServerResponse, made: Hop[], breakAfter?: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const messages = made.slice(0, breakAfter).map((hop) => `event: journey\ndata: ${JSON.stringify(hop)}\n\n`);
  if (breakAfter !== undefined) response.write(messages.join(''), () => response.destroy());
  else if (made.length === journey.length) response.end(messages.join(''));
  else response.write(messages.join(''));
}
