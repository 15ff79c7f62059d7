/** What would go wrong: a process dies between two steps, and an order is lost, or invoiced or mailed twice. */
import { expect, test } from '@jest/globals';
import { InvoiceIssued, OrderPlaced, ShippingLabelCreated } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { kill, ready } from './dev.ts';
import { mailsTo } from './mailbox.ts';
import { anOrder, completed, placeOrderPatiently, wholeJourney } from './shop.ts';
import { readEvents } from './topics.ts';

const lanes = 4;
const ordersPerLane = 10;

/** Places orders, some at a time, and calls `midway` once when half of them are placed. Resolves to their ids and customers. */
async function burst(midway: () => Promise<void>) {
  const placed: { orderId: string; email: string }[] = [];
  const place = async () => {
    for (let n = 0; n < ordersPerLane; n++) {
      const request = anOrder();
      const { orderId } = await placeOrderPatiently(request);
      placed.push({ orderId, email: request.customer.email });
      if (placed.length === (lanes * ordersPerLane) / 2) await midway();
    }
  };
  await Promise.all(Array.from({ length: lanes }, place));
  return placed;
}

test.each(['shop', 'billing', 'logistics', 'crm'])(
  'kill -9 of %s in the middle of a burst of orders loses nothing and doubles nothing',
  async (service) => {
    await using orders = await readEvents(OrderPlaced);
    await using invoices = await readEvents(InvoiceIssued);
    await using labels = await readEvents(ShippingLabelCreated);

    const placed = await burst(() => kill(service));
    const journeys = await Promise.all(placed.map(async ({ orderId }) => (await completed(orderId)).journey));
    await ready(service);

    for (const journey of journeys) expect(journey).toHaveLength(wholeJourney.length);
    for (const published of [orders, invoices, labels]) {
      const times = (orderId: string) =>
        published.seen().filter(({ data }) => data.orderId === orderId).length;
      await waitUntil('all events are read', () => placed.every(({ orderId }) => times(orderId) > 0));
      for (const { orderId } of placed) expect(times(orderId)).toBe(1);
    }
    const numbers = () => invoices.seen().map(({ data }) => data.invoiceNumber);
    await waitUntil('no invoice number is missing', () => hasNoGap(numbers()));
    for (const { email } of placed) {
      const mails = await mailsTo(email);
      expect(new Set(mails.map(({ MessageID }) => MessageID)).size).toBe(1);
      // SMTP has no transactions: a crm that dies when the server has just taken a mail sends it again, under its Message-ID.
      if (service !== 'crm') expect(mails).toHaveLength(1);
    }
  },
  180_000,
);

function hasNoGap(numbers: string[]): boolean {
  const serials = numbers.map((number) => Number(number.split('-')[1])).toSorted((a, b) => a - b);
  return serials.every((serial, index) => serial === index + 1);
}
