/** What would go wrong: who opens `/docs` and sends what is filled in there is refused. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Shop, startShop } from './shop.fixture.ts';

let shop: Shop;
beforeAll(async () => void (shop = await startShop()));
afterAll(() => shop.stop());

test.each(['/orders', '/users'])('the example of POST %s can be sent as it stands', async (path) => {
  const { paths } = (await shop.get('/docs/openapi.json')).body;
  const { example } = paths[path].post.requestBody.content['application/json'].schema;
  const { status, headers } = await shop.post(path, example);
  expect(status).toBe(201);
  expect((await fetch(headers.get('location')!)).status).toBe(200);
});

test('following an order is described with how it is resumed', async () => {
  const { paths } = (await shop.get('/docs/openapi.json')).body;
  const { parameters, responses } = paths['/orders/{orderId}/events'].get;
  expect(parameters).toContainEqual(
    expect.objectContaining({ name: 'Last-Event-ID', in: 'header', required: false }),
  );
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '204']));
  expect(Object.keys(responses['200'].content)).toEqual(['text/event-stream']);
});
