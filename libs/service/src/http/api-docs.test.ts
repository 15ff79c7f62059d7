import { Body, Controller, Module, Post } from '@nestjs/common';
import { ApiCreatedResponse } from '@nestjs/swagger';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';

const Basket = z.object({ quantity: z.number().min(1) });

@Controller()
class Baskets {
  @Post('baskets')
  @ApiCreatedResponse({ standardSchema: Basket })
  add(@Body({ schema: Basket }) basket: z.infer<typeof Basket>) {
    return basket;
  }
}

@Module({ controllers: [Baskets] })
class BasketsModule {}

let service: RunningService;
beforeAll(async () => void (service = await startProbe([BasketsModule])));
afterAll(() => service.stop());

test('the document describes requests, responses and problems by their schemas', async () => {
  const document: any = await (await fetch(`${service.url}/docs/openapi.json`)).json();
  const basket = {
    type: 'object',
    properties: { quantity: { type: 'number', minimum: 1 } },
    required: ['quantity'],
  };
  const { requestBody, responses } = document.paths['/baskets'].post;
  expect(requestBody.content['application/json'].schema).toMatchObject(basket);
  expect(responses['201'].content['application/json'].schema).toMatchObject(basket);
  expect(responses.default.content['application/problem+json'].schema.required).toContain('detail');
});

test('the page for people is served without help from elsewhere', async () => {
  const page = await fetch(`${service.url}/docs`);
  expect(page.headers.get('content-type')).toContain('text/html');
  const script = /src="([^"]*swagger-ui-bundle.js)"/.exec(await page.text())?.[1];
  const asset = await fetch(new URL(script!, `${service.url}/docs`));
  expect(asset.status).toBe(200);
});

test('the document begins with what the service is for, and ends with what operators need', async () => {
  const { paths }: any = await (await fetch(`${service.url}/docs/openapi.json`)).json();
  expect(Object.keys(paths)[0]).toBe('/baskets');
  expect(Object.keys(paths).slice(1)).toEqual(
    Object.keys(paths).filter((path) => path.startsWith('/admin/')),
  );
});

test('who opens the service as such is led to that page', async () => {
  const response = await fetch(service.url);
  expect(response.url).toBe(`${service.url}/docs`);
  expect(response.headers.get('content-type')).toContain('text/html');
});

test('what need not be given is not said to be required', async () => {
  const { paths }: any = await (await fetch(`${service.url}/docs/openapi.json`)).json();
  for (const path of ['/admin/actions', '/admin/replay', '/admin/parked']) {
    const parameters: { name: string; required: boolean }[] = paths[path].get.parameters;
    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({ required: false });
    expect((await fetch(service.url + path)).status).toBe(200);
  }
});
