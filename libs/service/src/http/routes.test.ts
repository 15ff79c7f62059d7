/** What would go wrong: a client that errs in the method is told that there is no such path. */
import { Controller, Get, Module, Post, Put } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';

@Controller('things')
class Things {
  @Get()
  list() {
    return [];
  }

  @Post()
  add() {
    return {};
  }

  @Put(':id')
  put() {
    return {};
  }

  @Get(':id.pdf')
  pdf() {
    return {};
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

let service: RunningService;
beforeAll(async () => void (service = await startProbe([ThingsModule])));
afterAll(() => service.stop());

test.each([
  ['DELETE', '/things', 'GET, HEAD, POST'],
  ['PATCH', '/things?a=1', 'GET, HEAD, POST'],
  ['GET', '/things/1', 'PUT'],
  ['POST', '/things/1.pdf', 'GET, HEAD, PUT'],
  ['QUERY', '/things', 'GET, HEAD, POST'],
  ['POST', '/admin/parked', 'GET, HEAD'],
  ['DELETE', '/docs/openapi.json', 'GET, HEAD'],
  ['POST', '/health/live', 'GET, HEAD'],
])('%s %s is answered with the methods that there are', async (method, path, allowed) => {
  const response = await fetch(service.url + path, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allowed);
  const instance = path.split('?')[0];
  expect(await response.json()).toMatchObject({ title: 'Method Not Allowed', status: 405, instance });
});

test('that is said before the body is looked at', async () => {
  const response = await fetch(`${service.url}/things`, { method: 'DELETE', body: 'text' });
  expect(response.status).toBe(405);
});

test.each(['/nothing', '/things/1/2', '/%E0'])(
  'any method at %s is told that nothing is there',
  async (path) => {
    for (const method of ['GET', 'DELETE']) {
      const { status } = await fetch(service.url + path, { method });
      expect(status).toBe(path === '/%E0' ? 400 : 404);
    }
  },
);
