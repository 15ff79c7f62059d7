import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { InvoiceIssued, OrderPlaced } from '@everyhop/events';
import { handlersOf } from '@everyhop/inbox';
import { deliver, testDatabase, type TestDatabase } from '@everyhop/testing';
import type { BillingDatabase } from './database.ts';
import { exampleOrder } from './example-order.fixture.ts';
import { InvoiceDocument } from './invoice.ts';
import { Invoicing } from './invoicing.ts';
import { seller } from './seller.ts';

let database: TestDatabase<BillingDatabase>;
beforeAll(async () => {
  database = await testDatabase({ migrations: [new URL('../../migrations/', import.meta.url)] });
});
afterAll(() => database.drop());

const [handler] = handlersOf(new Invoicing());
const place = (order: OrderPlaced) => deliver(database.db, handler!.handle, OrderPlaced(order));
const invoiceOf = ({ orderId }: OrderPlaced) =>
  database.db.selectFrom('invoices').selectAll().where('order_id', '=', orderId).executeTakeFirst();

test('the handler has a name that outlives a rename', () => {
  expect(handler).toMatchObject({ id: 'billing.issue-invoice', event: OrderPlaced });
});

test('an order gets an invoice, and InvoiceIssued says which', async () => {
  const order = exampleOrder();
  const events = await place(order);
  const invoice = await invoiceOf(order);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    eventType: InvoiceIssued,
    key: order.orderId,
    data: {
      invoiceId: invoice!.id,
      invoiceNumber: invoice!.number,
      customer: order.customer,
      total: order.total,
      issuedAt: invoice!.issued_at,
    },
  });
});

test('the invoice keeps what the order and the seller were, to the cent', async () => {
  const beyondNumbers = { amount: 9_007_199_254_740_993n, currency: 'EUR' };
  const order = exampleOrder({ total: beyondNumbers });
  await place(order);
  const { customer, shippingAddress, lines, net, tax, taxRatePercent, placedAt } = order;
  expect(InvoiceDocument.parse((await invoiceOf(order))!.document)).toEqual({
    ...{ seller, shippingAddress, lines, net, tax, taxRatePercent, placedAt, total: beyondNumbers },
    customer: { name: customer.name, email: customer.email },
  });
});

test('an order is invoiced once, and the refused second time takes no number', async () => {
  const order = exampleOrder();
  await place(order);
  const first = (await invoiceOf(order))!;
  await expect(place(order)).rejects.toThrow('invoices_order_id_key');
  const next = exampleOrder();
  await place(next);
  const counted = (number: string) => Number(number.split('-')[1]);
  expect(counted((await invoiceOf(next))!.number)).toBe(counted(first.number) + 1);
});
