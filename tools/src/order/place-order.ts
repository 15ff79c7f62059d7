import { randomBytes } from 'node:crypto';
import { getJson, postJson } from './shop-api.ts';

/** An order that the shop has taken. */
export interface PlacedOrder {
  orderId: string;
  /** null when nothing is traced. */
  traceId: string | null;
  /** How long the shop took to take it, in milliseconds. */
  placedMs: number;
  /** Where its mail goes: an address that no other order has. */
  email: string;
  links: { self: string; events: string; trace?: string };
}

/** An order for a few of `products`, by a customer with an address that no other order has. */
export const newOrder = (products: { sku: string }[]) => ({
  customer: { name: 'Ada Lovelace', email: `ada.${randomBytes(6).toString('hex')}@example.com` },
  shippingAddress: {
    name: 'Ada Lovelace',
    street: 'Invalidenstraße 117',
    postalCode: '10115',
    city: 'Berlin',
    country: 'DE',
  },
  lines: products.slice(0, 3).map(({ sku }, index) => ({ sku, quantity: index + 1 })),
});

/**
 * Places an order for a few of the shop's products at the shop's public API, for a customer of its own.
 * Rejects with a sentence when the shop does not answer or refuses.
 */
export async function placeOrder(shop: string): Promise<PlacedOrder> {
  const order = newOrder(await getJson(`${shop}/products`));
  const before = performance.now();
  const { orderId, traceId, links } = await postJson(`${shop}/orders`, order);
  return {
    orderId,
    traceId,
    placedMs: Math.round(performance.now() - before),
    email: order.customer.email,
    links,
  };
}
