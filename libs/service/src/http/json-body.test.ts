import { Body, Controller, Module, Post } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';

@Controller()
class Echo {
  @Post('echo')
  echo(@Body() body: unknown) {
    return { body };
  }
}

@Module({ controllers: [Echo] })
class EchoModule {}

let service: RunningService;
beforeAll(async () => void (service = await startProbe([EchoModule])));
afterAll(() => service.stop());

const post = (body: string | undefined, type?: string) =>
  fetch(`${service.url}/echo`, { method: 'POST', body, headers: type ? { 'content-type': type } : {} });

test.each(['application/json', 'application/json; charset=utf-8'])('%s is read', async (type) => {
  const response = await post('{"a":[1]}', type);
  expect(await response.json()).toEqual({ body: { a: [1] } });
});

test('a request without a body is let through', async () => {
  expect((await post(undefined)).status).toBe(201);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
  '%s is refused',
  async (type) => {
    const response = await post('a=1', type);
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ detail: 'Send the body as application/json.' });
  },
);

test.each(['{"a":', '"text"', 'nothing'])(
  'a body that is no JSON object or list is refused: %s',
  async (body) => {
    const response = await post(body, 'application/json');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: 'The body is not JSON.' });
  },
);

test('100 kB are read, and more is refused', async () => {
  const text = (bytes: number) => JSON.stringify('x'.repeat(bytes - 4)).replace(/.*/, '[$&]');
  expect((await post(text(100_000), 'application/json')).status).toBe(201);
  for (const bytes of [100_001, 1_000_000]) {
    const response = await post(text(bytes), 'application/json');
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ detail: 'The body is larger than 100 kB.' });
  }
});

test('bytes in a character set that is not known are refused', async () => {
  expect((await post('{}', 'application/json; charset=klingon')).status).toBe(415);
});
