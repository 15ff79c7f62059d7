import type { Invoice } from '../invoice.ts';
import { formatMoney } from '../money.ts';
import { area, wordmark } from './page.ts';
import { colours, heightOf, rule, styles, write, type Doc } from './typography.ts';

const columns = {
  item: { x: area.x, width: 210 },
  quantity: { x: area.x + 215, width: 50, align: 'right' },
  unitPrice: { x: area.x + 270, width: 103, align: 'right' },
  amount: { x: area.x + 378, width: area.width - 378, align: 'right' },
} as const;
const padding = 6.5;

/** Writes the ordered lines from y on, over as many pages as they need; returns the y below the last. */
export function lineTable(doc: Doc, lines: Invoice['lines'], y: number): number {
  y = heading(doc, y);
  for (const line of lines) {
    const name = heightOf(doc, styles.body, line.name, columns.item);
    const sku = heightOf(doc, styles.small, line.sku, columns.item);
    const height = name + sku + 2 * padding;
    if (y + height > area.bottom) y = heading(doc, newPage(doc));
    const top = y + padding;
    write(doc, styles.body, line.name, { ...columns.item, y: top });
    write(doc, styles.small, line.sku, { ...columns.item, y: top + name });
    write(doc, styles.figure, line.quantity.toLocaleString('en-GB'), { ...columns.quantity, y: top });
    write(doc, styles.figure, formatMoney(line.unitPrice), { ...columns.unitPrice, y: top });
    write(doc, styles.figure, formatMoney(line.lineTotal), { ...columns.amount, y: top });
    y += height;
    rule(doc, { ...area, y });
  }
  return y;
}

/** Starts the next page of an invoice; returns the y where it goes on. */
export function newPage(doc: Doc): number {
  doc.addPage();
  wordmark(doc, area.x, area.top);
  return area.top + 48;
}

function heading(doc: Doc, y: number): number {
  write(doc, styles.label, 'Item', { ...columns.item, y });
  write(doc, styles.label, 'Quantity', { ...columns.quantity, y });
  write(doc, styles.label, 'Unit price', { ...columns.unitPrice, y });
  y = write(doc, styles.label, 'Amount', { ...columns.amount, y }) + 6;
  rule(doc, { ...area, y }, colours.ink);
  return y;
}
