import { randomUUID } from 'node:crypto';
import { OrderPlaced } from '@everyhop/events';

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });

/** An order for the tests: two notebooks and a mug for Zoë, under an id of its own. */
export function exampleOrder(changes: Partial<OrderPlaced> = {}): OrderPlaced {
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
    lines: [
      { sku: 'NOTE-A5', name: 'Field notebook', quantity: 2, unitPrice: eur(1250n), lineTotal: eur(2500n) },
      { sku: 'MUG-350', name: 'Enamel mug', quantity: 1, unitPrice: eur(1499n), lineTotal: eur(1499n) },
    ],
    net: eur(3999n),
    tax: eur(760n),
    total: eur(4759n),
    taxRatePercent: 19,
    placedAt: new Date('2026-11-20T22:59:58.123Z'),
    ...changes,
  };
}
