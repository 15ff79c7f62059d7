import { expect, test } from '@jest/globals';
import { fetchPdf } from './pdf.ts';
import { completed, placeOrder } from './shop.ts';

test('the invoice says who owes whom, how much, and what for', async () => {
  const { orderId } = await placeOrder();
  const { links } = await completed(orderId);
  const { text } = await fetchPdf(links.invoice);
  expect(text).toMatch(/Invoice \d{4}-\d{6}/);
  const billed = [`Order ${orderId}`, 'Zoë Łukasiewicz'];
  const mugs = ['Stoneware mug, 350 ml', 'HOP-MUG', '€12.90', '€25.80'];
  const kettle = ['Gooseneck kettle, 1 litre', 'HOP-KETTLE', '€74.50'];
  const sums = ['€100.30', '€19.06', '€119.36'];
  for (const expected of [...billed, ...mugs, ...kettle, ...sums]) expect(text).toContain(expected);
});

test('the label says where the parcel goes, and its barcode which parcel it is', async () => {
  const { orderId } = await placeOrder();
  const { links } = await completed(orderId);
  const label = await fetchPdf(links.label);
  for (const expected of ['Żaneta Øvergård', 'Große Straße 12', '10115 Berlin', 'GERMANY', orderId]) {
    expect(label.text).toContain(expected);
  }
  const [, trackingNumber] = /\(00\) ([\d ]+)/.exec(label.text)!;
  expect(label.scan()).toBe(`]C100${trackingNumber!.replaceAll(' ', '')}`);
});
