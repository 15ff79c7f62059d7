import { randomUUID } from 'node:crypto';
import { OrderPlaced } from '@everyhop/events';

const price = { amount: 1250n, currency: 'EUR' };

/** An order for the tests: a notebook for Zoë, under an id of its own. */
export function exampleOrder(): OrderPlaced {
  return {
    orderId: randomUUID(),
    customer: { customerId: null, name: 'Zoë Łukasiewicz', email: 'zoe@example.com' },
    shippingAddress: {
      name: 'Żaneta Øvergård',
      street: 'Große Straße 12',
      postalCode: '10115',
      city: 'Berlin',
      country: 'DE',
    },
    lines: [{ sku: 'NOTE-A5', name: 'Field notebook', quantity: 1, unitPrice: price, lineTotal: price }],
    net: price,
    tax: { amount: 0n, currency: 'EUR' },
    total: price,
    taxRatePercent: 0,
    placedAt: new Date('2026-11-20T22:59:58.123Z'),
  };
}
