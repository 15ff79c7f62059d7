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
