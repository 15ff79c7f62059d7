import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderOfTwoMugs, type Shop, startShop } from '../shop.fixture.ts';

let shop: Shop;
beforeAll(async () => void (shop = await startShop()));
afterAll(() => shop.stop());

const { customer, shippingAddress } = orderOfTwoMugs;
const ofLine = (line: object) => ({ ...orderOfTwoMugs, lines: [{ sku: 'HOP-MUG', quantity: 1, ...line }] });
const ofCustomer = (fields: object) => ({ ...orderOfTwoMugs, customer: { ...customer, ...fields } });
const ofAddress = (fields: object) => ({
  ...orderOfTwoMugs,
  shippingAddress: { ...shippingAddress, ...fields },
});

test.each<[string, unknown, string, string]>([
  [
    'an unknown product',
    ofLine({ sku: 'HOP-TEA' }),
    '#/lines/0/sku',
    'is no product of ours: see GET /products',
  ],
  ['no product', ofLine({ sku: undefined }), '#/lines/0/sku', 'is missing'],
  ['none of it', ofLine({ quantity: 0 }), '#/lines/0/quantity', 'must be at least 1'],
  ['less than none', ofLine({ quantity: -1 }), '#/lines/0/quantity', 'must be at least 1'],
  ['a huge quantity', ofLine({ quantity: 1e9 }), '#/lines/0/quantity', 'must be at most 1000'],
  ['half of it', ofLine({ quantity: 0.5 }), '#/lines/0/quantity', 'must be a whole number'],
  ['a quantity in words', ofLine({ quantity: '2' }), '#/lines/0/quantity', 'must be a number'],
  ['no lines', { ...orderOfTwoMugs, lines: [] }, '#/lines', 'must have at least one line'],
  ['lines that are no list', { ...orderOfTwoMugs, lines: {} }, '#/lines', 'must be a list'],
  ['a bad address of mail', ofCustomer({ email: 'ada' }), '#/customer/email', 'must be an email address'],
  ['a name of blanks', ofCustomer({ name: '  ' }), '#/customer/name', 'must not be empty'],
  [
    'a name with a zero byte',
    ofCustomer({ name: 'A\0da' }),
    '#/customer/name',
    'must be one line of text without control characters',
  ],
  [
    'a second mail header',
    ofCustomer({ name: 'Ada\r\nBcc: all' }),
    '#/customer/name',
    'must be one line of text without control characters',
  ],
  [
    'half a character',
    ofCustomer({ name: 'Ada \ud83d' }),
    '#/customer/name',
    'must be one line of text without control characters',
  ],
  [
    'an unknown user',
    ofCustomer({ customerId: randomUUID() }),
    '#/customer/customerId',
    'is not the id of a user',
  ],
  [
    'an id that is none',
    ofCustomer({ customerId: '7' }),
    '#/customer/customerId',
    'must be the id of a user',
  ],
  ['a missing city', ofAddress({ city: undefined }), '#/shippingAddress/city', 'is missing'],
  [
    'a country by name',
    ofAddress({ country: 'Germany' }),
    '#/shippingAddress/country',
    'must be a country code of two capital letters, such as DE',
  ],
  ['a missing address', { ...orderOfTwoMugs, shippingAddress: undefined }, '#/shippingAddress', 'is missing'],
  ['a list', [], '#', 'must be an object'],
])('%s: the field is named and nothing is written', async (_, order, pointer, detail) => {
  const response = await shop.post('/orders', order);
  expect(response.status).toBe(422);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(response.body.errors).toEqual([{ pointer, detail }]);
  expect(await shop.db.selectFrom('orders').selectAll().execute()).toEqual([]);
  expect(await shop.published()).toEqual([]);
});

test('all bad fields are named at once', async () => {
  const response = await shop.post('/orders', { customer: {}, lines: [{ sku: 'HOP-MUG', quantity: 0 }] });
  const pointers = response.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  expect(pointers).toEqual([
    '#/customer/name',
    '#/customer/email',
    '#/shippingAddress',
    '#/lines/0/quantity',
  ]);
});
