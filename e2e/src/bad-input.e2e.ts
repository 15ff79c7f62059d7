import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { addresses } from './addresses.ts';
import { countWritten } from './shop-database.ts';
import { anOrder, newCustomer, placeOrder, post } from './shop.ts';

const json = 'application/json';

/** Sends a body as it is. */
const send = (body: string, contentType = json) =>
  fetch(`${addresses.shop}/orders`, { method: 'POST', headers: { 'content-type': contentType }, body });

/** Asserts that `request` is answered with a problem detail that says at least `details`, and writes nothing. */
async function expectRefusal(request: () => Promise<Response>, status: number, details: object = {}) {
  const before = await countWritten();
  const response = await request();
  expect(response.status).toBe(status);
  expect(await countWritten()).toEqual(before);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = { status, title: expect.any(String), detail: expect.any(String) };
  expect(await response.json()).toMatchObject({ ...problem, ...details });
}

const orderOf = (line: object) => anOrder({ lines: [{ sku: 'HOP-MUG', quantity: 1, ...line }] });
const orderTo = (address: object) => {
  const order = anOrder();
  return { ...order, shippingAddress: { ...order.shippingAddress, ...address } };
};
const orderBy = (customer: object) => anOrder({ customer: { ...newCustomer(), ...customer } });

test.each([
  ['an unknown SKU', orderOf({ sku: 'HOP-TEAPOT' }), '#/lines/0/sku'],
  ['no quantity', orderOf({ quantity: undefined }), '#/lines/0/quantity'],
  ['a quantity of zero', orderOf({ quantity: 0 }), '#/lines/0/quantity'],
  ['a negative quantity', orderOf({ quantity: -1 }), '#/lines/0/quantity'],
  ['half a piece', orderOf({ quantity: 0.5 }), '#/lines/0/quantity'],
  ['a huge quantity', orderOf({ quantity: 1e15 }), '#/lines/0/quantity'],
  ['a quantity in words', orderOf({ quantity: 'two' }), '#/lines/0/quantity'],
  ['no lines', anOrder({ lines: [] }), '#/lines'],
  ['no customer', anOrder({ customer: undefined }), '#/customer'],
  ['a mail address that is none', orderBy({ email: 'zoe' }), '#/customer/email'],
  ['a customer id that is none', orderBy({ customerId: '7' }), '#/customer/customerId'],
  ['an empty street', orderTo({ street: '' }), '#/shippingAddress/street'],
  ['a country that is no code', orderTo({ country: 'Germany' }), '#/shippingAddress/country'],
])('an order with %s is refused, and the field is named', async (_, order, pointer) => {
  await expectRefusal(() => post('/orders', order), 422, { errors: [{ pointer }] });
});

test.each([
  ['no name', { name: undefined }, '#/name'],
  ['a mail address that is none', { email: '@' }, '#/email'],
])('a registration with %s is refused, and the field is named', async (_, changes, pointer) => {
  await expectRefusal(() => post('/users', { ...newCustomer(), ...changes }), 422, { errors: [{ pointer }] });
});

test('a second registration of one mail address is refused', async () => {
  const { name, email } = newCustomer();
  await post('/users', { name, email });
  const again = { name, email: email.toUpperCase() };
  await expectRefusal(() => post('/users', again), 409, { errors: [{ pointer: '#/email' }] });
});

test('what is no JSON is refused', async () => {
  await expectRefusal(() => send('{"customer": '), 400);
  await expectRefusal(() => send(''), 422);
  await expectRefusal(() => send('[]'), 422);
});

test('a body of 1 MB is refused', async () => {
  await expectRefusal(() => send(JSON.stringify(orderTo({ street: 'x'.repeat(1_000_000) }))), 413);
});

test('a body of another content type is refused', async () => {
  await expectRefusal(() => send(JSON.stringify(anOrder()), 'text/plain'), 415);
});

test('an Idempotency-Key is refused for another order', async () => {
  const headers = { 'Idempotency-Key': randomUUID() };
  await placeOrder(anOrder(), headers);
  const errors = [{ header: 'Idempotency-Key' }];
  await expectRefusal(() => post('/orders', anOrder(), headers), 422, { errors });
});

test.each(['/orders/x', `/orders/${randomUUID()}`, '/orders/x/events', `/orders/${randomUUID()}/events`])(
  '%s leads to no order, which is said',
  async (path) => {
    const errors = [{ parameter: 'orderId' }];
    await expectRefusal(() => fetch(addresses.shop + path), 404, { errors });
  },
);

test.each([
  [`${addresses.billing}/invoices/${randomUUID()}.pdf`, 404],
  [`${addresses.billing}/invoices/x.pdf`, 404],
  [`${addresses.logistics}/shipments/${randomUUID()}/label.pdf`, 404],
  [`${addresses.logistics}/shipments/x/label.pdf`, 404],
  [`${addresses.crm}/nothing`, 404],
])('%s leads to nothing, which is said', async (link, status) => {
  await expectRefusal(() => fetch(link), status);
});
