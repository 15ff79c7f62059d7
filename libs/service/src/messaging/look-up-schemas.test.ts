/** What would go wrong: the first order after a start fails since the registry is away just then. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { allEvents, InvoiceIssued, OrderPlaced, UserRegistered } from '@everyhop/events';
import { deployEvents, RegistryUnavailable, SchemaRegistry } from '@everyhop/kafka';
import { engines } from '@everyhop/testing';
import { silentLogger } from '@everyhop/telemetry';
import { lookUpSchemas } from './look-up-schemas.ts';

const logger = () => {
  const said: string[] = [];
  const say = (_: object, message: string) => void said.push(message);
  return { said, ...silentLogger, warn: say, error: say } as any;
};

/** A way to the registry that can be closed. */
async function front() {
  const { origin, pathname } = new URL(engines.registryUrl);
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('') || undefined;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(origin + request.url, { method: request.method!, headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type')! });
    response.end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => (server.closeAllConnections(), server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`, close };
}

test('the ids of its own events are known from the start on, without the registry', async () => {
  const { brokers, registryUrl: url } = engines;
  await deployEvents({ brokers, registry: new SchemaRegistry({ url }), events: allEvents });
  const way = await front();
  const registry = new SchemaRegistry({ url: way.url });
  const log = logger();
  await lookUpSchemas('shop', registry, log);
  way.close();
  expect(await registry.idOf(OrderPlaced)).toBeGreaterThan(0);
  expect(await registry.idOf(UserRegistered)).toBeGreaterThan(0);
  await expect(registry.idOf(InvoiceIssued)).rejects.toThrow(RegistryUnavailable);
  expect(log.said).toEqual([]);
});

test('a registry that is away is said once, and nothing else happens', async () => {
  const log = logger();
  await lookUpSchemas('crm', new SchemaRegistry({ url: 'http://127.0.0.1:1' }), log);
  expect(log.said).toEqual(['the ids of schemas are looked up when they are needed']);
});
