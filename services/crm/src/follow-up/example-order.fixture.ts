import { randomUUID } from 'node:crypto';
import type { OrderPlaced } from '@everyhop/events';

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });

/** An order for the tests: two notebooks for Zoë, under an id and an address of its own. */
export function exampleOrder(): OrderPlaced {
  const orderId = randomUUID();
  return {
    orderId,
    customer: { customerId: null, name: 'Zoë <Łukasiewicz>, Ltd.', email: `${orderId}@example.com` },
    shippingAddress: {
      name: 'Zoë',
      street: 'Große Straße 12',
      postalCode: '10115',
      city: 'Berlin',
      country: 'DE',
    },
    lines: [
      { sku: 'NOTE-A5', name: 'Field notebook', quantity: 2, unitPrice: eur(1250n), lineTotal: eur(2500n) },
    ],
    net: eur(2500n),
    tax: eur(475n),
    total: eur(2975n),
    taxRatePercent: 19,
    placedAt: new Date(),
  };
}
