import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Shop, startShop } from '../shop.fixture.ts';

let shop: Shop;
beforeAll(async () => void (shop = await startShop()));
afterAll(() => shop.stop());

test('the catalogue lists every product with its price in cents, as text', async () => {
  const products = (await shop.get('/products')).body;
  expect(products).toHaveLength(8);
  expect(products).toContainEqual({
    sku: 'HOP-MUG',
    name: 'Stoneware mug, 350 ml',
    unitPrice: { amount: '1290', currency: 'EUR' },
  });
});
