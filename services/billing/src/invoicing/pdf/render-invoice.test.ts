import { expect, test } from '@jest/globals';
import { exampleOrder } from '../example-order.fixture.ts';
import type { Invoice } from '../invoice.ts';
import { seller } from '../seller.ts';
import { readPages } from './read-pages.fixture.ts';
import { renderInvoice } from './render-invoice.ts';

const example = (changes: Partial<Invoice> = {}): Invoice => ({
  ...(exampleOrder() as Omit<Invoice, 'seller' | 'number' | 'issuedAt'>),
  seller,
  number: '2026-000042',
  issuedAt: new Date('2026-11-21T09:30:00Z'),
  ...changes,
});

/** An invoice of so many lines; each name ends with its number. */
const long = (length: number): Invoice => {
  const [line] = example().lines;
  return example({
    lines: Array.from({ length }, (_, index) => ({ ...line!, name: `Notebook ${index + 1}` })),
  });
};

test('an invoice says who owes whom, how much, and what for', async () => {
  const invoice = example();
  const [page, ...more] = await readPages(await renderInvoice(invoice));
  expect(more).toEqual([]);
  for (const expected of [
    ...['Invoice 2026-000042', `Order ${invoice.orderId}`, '21 November 2026', 'Order of 20 November 2026'],
    ...[
      'Everyhop Trading GmbH',
      'Zoë Łukasiewicz',
      'zoe@example.com',
      'Große Straße 12',
      '10115 Berlin',
      'Germany',
    ],
    ...[
      'Field notebook',
      'NOTE-A5',
      '€12.50',
      '€25.00',
      'Net',
      '€39.99',
      'Tax 19%',
      '€7.60',
      'Total',
      '€47.59',
    ],
    ...['VAT ID', 'Page 1 / 1'],
  ]) {
    expect(page!.text).toContain(expected);
  }
});

test.each([
  'Żaneta Øvergård',
  'Владимир Ильич',
  'Ελένη Παπαδοπούλου',
  'Nguyễn Thị Ánh',
  'Jürgen Çağlar-Đorđević',
])('the name %s is printed as it is written', async (name) => {
  const [page] = await readPages(
    await renderInvoice(example({ customer: { name, email: 'x@example.com' } })),
  );
  expect(page!.text.normalize()).toContain(name.normalize());
});

test('sixty lines go over pages that repeat the head of the table and count themselves', async () => {
  const pages = await readPages(await renderInvoice(long(60)));
  expect(pages.length).toBeGreaterThan(1);
  pages.forEach(({ text }, index) => {
    expect(text).toMatch(/Item\s+Quantity\s+Unit price\s+Amount/);
    expect(text).toContain(`Invoice 2026-000042 · Page ${index + 1} / ${pages.length}`);
  });
  const printed = pages.flatMap(({ text }) =>
    [...text.matchAll(/Notebook (\d+)/g)].map(([, number]) => Number(number)),
  );
  expect(printed).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(pages.at(-1)!.text).toContain('€47.59');
});

test('the totals stay together and clear of the foot, wherever the lines end', async () => {
  for (let lines = 8; lines <= 14; lines++) {
    const pages = await readPages(await renderInvoice(long(lines)));
    expect(pages.filter(({ text }) => /Net|Tax 19%|€47\.59/.test(text))).toHaveLength(1);
    for (const { inked } of pages) expect(inked.slice(764, 779)).not.toContain(true);
  }
});

test('what does not fit is cut with an ellipsis and adds no page', async () => {
  const endless = 'Donaudampfschifffahrtsgesellschaft'.repeat(100);
  const invoice = example({ customer: { name: endless, email: endless } });
  invoice.lines[0]!.name = endless;
  const pages = await readPages(await renderInvoice(invoice));
  expect(pages).toHaveLength(1);
  expect(pages[0]!.text).toContain('…');
});

test('the same invoice gives the same bytes, whatever was printed in between', async () => {
  const invoice = example();
  const first = await renderInvoice(invoice);
  await renderInvoice(long(12));
  expect(first.equals(await renderInvoice(invoice))).toBe(true);
});

test('a letter reads the same after a document that had it as a part of another letter only', async () => {
  const named = (name: string) => renderInvoice(example({ customer: { name, email: 'x@example.com' } }));
  await named('Ẑ Ḱ');
  const [page] = await readPages(await named('Zed Kay'));
  expect(page!.text).toContain('Zed Kay');
});
