import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';

const Basket = z.object({
  lines: z.array(z.object({ quantity: z.number().min(1, 'must be at least 1') })),
  notes: z.record(z.string(), z.string('must be text')).default({}),
});

@Controller()
class Baskets {
  @Post('baskets')
  add(@Body({ schema: Basket }) basket: z.infer<typeof Basket>) {
    return basket;
  }

  @Get('baskets/:id')
  get(@Param('id', { schema: z.uuid('must be a UUID') }) id: string) {
    return { id };
  }

  @Get('baskets')
  list(@Query('limit', { schema: z.coerce.number('must be a number') }) limit: number) {
    return { limit };
  }
}

@Module({ controllers: [Baskets] })
class BasketsModule {}

let service: RunningService;
beforeAll(async () => void (service = await startProbe([BasketsModule])));
afterAll(() => service.stop());

const post = (body: unknown) =>
  fetch(`${service.url}/baskets`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

test('the handler gets what the schema makes of the body', async () => {
  const response = await post({ lines: [{ quantity: 2, other: 1 }] });
  expect(await response.json()).toEqual({ lines: [{ quantity: 2 }], notes: {} });
});

test('every bad field is named by a JSON pointer into the body', async () => {
  const response = await post({ lines: [{ quantity: 1 }, { quantity: 0 }], notes: { 'a/b~c d': 1 } });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    errors: [
      { pointer: '#/lines/1/quantity', detail: 'must be at least 1' },
      { pointer: '#/notes/a~1b~0c%20d', detail: 'must be text' },
    ],
  });
});

test('a body that is missing altogether is named by the pointer to the whole', async () => {
  const response = await fetch(`${service.url}/baskets`, { method: 'POST' });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ errors: [{ pointer: '#' }] });
});

test('a bad query parameter is named', async () => {
  expect(await (await fetch(`${service.url}/baskets?limit=3`)).json()).toEqual({ limit: 3 });
  const response = await fetch(`${service.url}/baskets?limit=many`);
  expect(await response.json()).toMatchObject({
    errors: [{ parameter: 'limit', detail: 'must be a number' }],
  });
});

test('a path with what can be no id leads to nothing, and the parameter is named', async () => {
  const response = await fetch(`${service.url}/baskets/7`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ parameter: 'id', detail: 'must be a UUID' }] });
});
