import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Shop, startShop } from '../shop.fixture.ts';

let shop: Shop;
beforeAll(async () => void (shop = await startShop()));
afterAll(() => shop.stop());

test('a registered user is answered with an id, and published', async () => {
  const response = await shop.post('/users', { name: ' Grace Hopper ', email: 'grace@example.org' });
  expect(response.status).toBe(201);
  const user = response.body;
  expect(user).toMatchObject({ name: 'Grace Hopper', email: 'grace@example.org' });
  expect(await shop.published()).toEqual([
    expect.objectContaining({ type: 'shop.UserRegistered', aggregateid: user.userId }),
  ]);
});

test('an email address has one user, however it is written, and the second is not published', async () => {
  const before = (await shop.published()).length;
  const register = () => shop.post('/users', { name: 'Alan', email: 'Alan@example.org' });
  expect((await register()).status).toBe(201);
  for (const email of ['Alan@example.org', 'alan@EXAMPLE.org']) {
    const response = await shop.post('/users', { name: 'Alan', email });
    expect(response.status).toBe(409);
    expect(response.body).toMatchObject({ errors: [{ pointer: '#/email' }] });
  }
  expect((await shop.published()).length).toBe(before + 1);
});

test('a user without a name or a real email address is refused', async () => {
  const response = await shop.post('/users', { email: 'nobody' });
  expect(response.status).toBe(422);
  expect(response.body.errors).toEqual([
    { pointer: '#/name', detail: 'is missing' },
    { pointer: '#/email', detail: 'must be an email address' },
  ]);
});

test('the answer says where the user is from then on', async () => {
  const { headers, body } = await shop.post('/users', { name: 'Edsger', email: 'edsger@example.org' });
  const location = headers.get('location')!;
  expect(location).toBe(`${shop.service.url}/users/${body.userId}`);
  expect(await (await fetch(location)).json()).toEqual(body);
  for (const id of ['7', '01997cb9-76f1-7a0e-b1dc-0a4c1b2d3e4f'])
    expect((await shop.get(`/users/${id}`)).status).toBe(404);
});
