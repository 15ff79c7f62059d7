/** What would go wrong: a checkout that waits for, or fails with, a service that it does not need. */
import { afterEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { dev, ready, statusOf } from './dev.ts';
import { completed, getOrder, placeOrder, wholeJourney } from './shop.ts';

afterEach(async () => {
  await dev('start', 'billing');
  await ready('billing');
});

test('an order placed while billing is stopped goes its way, and is invoiced when billing is back', async () => {
  await dev('stop', 'billing');
  const { orderId } = await placeOrder();
  const withoutInvoice = await waitUntil('all others have done their part', async () => {
    const order = await getOrder(orderId);
    return order.journey.length === wholeJourney.length - 1 && order;
  });
  expect(withoutInvoice.state).toBe('processing');
  expect(withoutInvoice.links).not.toHaveProperty('invoice');
  expect(await statusOf('billing')).toMatchObject({ state: 'stopped', pid: null });

  await dev('start', 'billing');
  const { journey, links } = await completed(orderId);
  expect(journey.at(-1)).toMatchObject({ event: 'InvoiceIssued', service: 'billing' });
  expect((await fetch(links.invoice)).status).toBe(200);
}, 120_000);
