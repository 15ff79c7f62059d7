import type { Invoice } from '../invoice.ts';
import { area, wordmark } from './page.ts';
import { styles, write, type Doc } from './typography.ts';

/** Writes who invoices whom, when, and for which order; returns the y below it. */
export function letterhead(doc: Doc, invoice: Invoice): number {
  const { seller, customer, shippingAddress } = invoice;
  wordmark(doc, area.x, area.top);
  const sender = [seller.name, ...addressLines(seller)].join('\n');
  write(doc, styles.small, sender, {
    x: area.right - 200,
    y: area.top,
    width: 200,
    align: 'right',
    maxLines: 6,
  });

  let y = write(doc, styles.title, `Invoice ${invoice.number}`, { ...area, y: 140 });
  y = write(doc, styles.small, `Order ${invoice.orderId}`, { ...area, y: y + 2 }) + 22;
  const ordered = `Order of ${date(invoice.placedAt)}`;
  return Math.max(
    block(doc, 0, y, 'Billed to', customer.name, [customer.email]),
    block(doc, 1, y, 'Shipped to', shippingAddress.name, addressLines(shippingAddress)),
    block(doc, 2, y, 'Date of issue', date(invoice.issuedAt), [ordered]),
  );
}

/** Writes one of the three columns: a label, a line in strong type, and what belongs to it. */
function block(doc: Doc, column: number, y: number, label: string, name: string, lines: string[]): number {
  const place = { x: area.x + column * 166, width: 150 };
  y = write(doc, styles.label, label, { ...place, y }) + 3;
  y = write(doc, styles.strong, name, { ...place, y });
  for (const line of lines) y = write(doc, styles.body, line, { ...place, y });
  return y;
}

function addressLines(address: Invoice['shippingAddress']): string[] {
  return [address.street, `${address.postalCode} ${address.city}`, countryName(address.country)];
}

/** The country's English name; what is no ISO 3166 code is printed as it came. */
function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (new Intl.DisplayNames('en', { type: 'region' }).of(code) ?? code) : code;
}

function date(at: Date): string {
  return at.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
}
