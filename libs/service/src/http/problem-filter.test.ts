import { Controller, Get, ImATeapotException, Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';
import { Problem } from './problem.ts';

@Controller()
class Failing {
  @Get('problem')
  problem() {
    throw new Problem({
      status: 409,
      detail: 'Taken.',
      errors: [{ pointer: '#/email', detail: 'is taken' }],
    });
  }

  @Get('nest')
  nest() {
    throw new ImATeapotException('No coffee here.');
  }

  @Get('bug')
  bug() {
    throw new TypeError('the password is secret');
  }
}

@Module({ controllers: [Failing] })
class FailingModule {}

let service: RunningService;
beforeAll(async () => void (service = await startProbe([FailingModule])));
afterAll(() => service.stop());

async function get(path: string) {
  const response = await fetch(service.url + path);
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return { status: response.status, body: await response.json() };
}

test('a thrown problem is answered as it was thrown, with the path it happened at', async () => {
  const errors = [{ pointer: '#/email', detail: 'is taken' }];
  expect(await get('/problem?secret=1')).toEqual({
    status: 409,
    body: expect.objectContaining({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Taken.',
      instance: '/problem',
      errors,
    }),
  });
});

test("Nest's own exceptions become problems of their status", async () => {
  const { status, body } = await get('/nest');
  expect(status).toBe(418);
  expect(body).toMatchObject({ title: "I'm a Teapot", detail: 'No coffee here.' });
});

test.each([
  [413, 'Content Too Large'],
  [422, 'Unprocessable Content'],
  [404, 'Not Found'],
])('%s is titled as RFC 9110 has it', (status, title) => {
  expect(new Problem({ status, detail: '' }).title).toBe(title);
});

test('a path that there is not is a problem too', async () => {
  expect(await get('/nowhere')).toMatchObject({ status: 404, body: { instance: '/nowhere' } });
});

test('a malformed path is the fault of the client', async () => {
  expect((await get('/%E0')).status).toBe(400);
});

test('a bug is a 500 that does not tell what went wrong inside', async () => {
  const { status, body } = await get('/bug');
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('secret');
  expect(body).toMatchObject({ title: 'Internal Server Error', instance: '/bug' });
});
