/** What would go wrong: who is sent to Jaeger's page finds there that a page is what this Jaeger lacks. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { hasPage } from './jaeger-url.ts';

test.each([
  [
    'its page',
    200,
    '<!doctype html><div id="jaeger-ui-root"></div><script type="module" src="x.js"></script>',
    true,
  ],
  [
    'what stands in for its page',
    200,
    '<!DOCTYPE html><h1>No page</h1><pre>JAEGER_CONFIG = DEFAULT_CONFIG;</pre>',
    false,
  ],
  ['an error', 404, '<script></script>', false],
])('of a Jaeger that answers with %s it is known whether it has one', async (_, status, body, expected) => {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  expect(await hasPage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).toBe(expected);
  server.close().closeAllConnections();
});

test('one that does not answer has none', async () => {
  expect(await hasPage('http://127.0.0.1:1/')).toBe(false);
});
