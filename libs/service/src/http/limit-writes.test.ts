/** What would go wrong: under more load than can be carried, nothing is served in time; or a few clients stop all writes. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';

let inHand = 0;
let gate = Promise.withResolvers<void>();

@Controller('things')
class Things {
  @Get()
  list() {
    return [];
  }

  @Post()
  async add() {
    inHand++;
    await gate.promise;
    inHand--;
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

let service: RunningService;
beforeAll(async () => {
  process.env.MAX_WRITES = '3';
  service = await startProbe([ThingsModule]);
});
afterAll(() => {
  delete process.env.MAX_WRITES;
  return service.stop();
});

const add = (signal?: AbortSignal) => fetch(`${service.url}/things`, { method: 'POST', signal });
const until = (count: number) => waitUntil(`${count} are worked on`, () => inHand >= count);

test('more writes than it may work on are refused at once, while reading goes on, and later ones are taken', async () => {
  const taken = [add(), add(), add()];
  await until(3);
  const refused = await add();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({
    detail: 'Too much to do at the moment: try again in a second.',
    instance: '/things',
  });
  expect((await fetch(`${service.url}/things`)).status).toBe(200);

  gate.resolve();
  for (const response of await Promise.all(taken)) expect(response.status).toBe(201);
  expect((await add()).status).toBe(201);
});

test('a client that goes makes room', async () => {
  gate = Promise.withResolvers();
  const leaving = new AbortController();
  const gone = [1, 2, 3].map(() => add(leaving.signal).catch(() => undefined));
  await until(3);
  leaving.abort();
  await Promise.all(gone);
  const next = (async () => {
    for (;;) {
      const { status } = await add();
      if (status !== 503) return status;
    }
  })();
  // The three whose clients went are still being worked on.
  await until(4);
  gate.resolve();
  expect(await next).toBe(201);
});

test('clients that are slow to send do not keep others from writing', async () => {
  const { hostname, port } = new URL(service.url);
  const headers = ['Host: probe', 'Content-Type: application/json', 'Content-Length: 9'];
  const slow = [1, 2, 3, 4, 5].map(() => connect(Number(port), hostname));
  for (const socket of slow) {
    // Its answer says that the headers have arrived.
    socket.write(['POST /things HTTP/1.1', ...headers, 'Expect: 100-continue', '', ''].join('\r\n'));
    await once(socket, 'data');
  }
  expect((await add()).status).toBe(201);

  for (const socket of slow) socket.end('{"n": 12}');
  const answers = await Promise.all(slow.map((socket) => once(socket, 'data')));
  for (const [answer] of answers) expect(String(answer)).toMatch(/^HTTP\/1.1 201 /);
});

test('writes count once their bodies have arrived, and what operators do is not refused', async () => {
  gate = Promise.withResolvers();
  const before = inHand;
  const body = JSON.stringify({ n: 1 });
  const headers = { 'content-type': 'application/json' };
  const taken = [1, 2, 3].map(() => fetch(`${service.url}/things`, { method: 'POST', body, headers }));
  await until(before + 3);
  expect((await add()).status).toBe(503);
  const level = JSON.stringify({ level: 'silent' });
  const action = await fetch(`${service.url}/admin/log-level`, { method: 'PUT', body: level, headers });
  expect(action.status).toBe(200);
  gate.resolve();
  for (const response of await Promise.all(taken)) expect(response.status).toBe(201);
});
