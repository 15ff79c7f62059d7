import type { Invoice } from '../invoice.ts';
import { formatMoney } from '../money.ts';
import { newPage } from './line-table.ts';
import { area } from './page.ts';
import { colours, rule, styles, write, type Doc, type Style } from './typography.ts';

const box = { x: area.right - 240, width: 240 };
const height = 90;

/** Writes net, tax and total below the lines, together on one page. */
export function totals(doc: Doc, { net, tax, taxRatePercent, total }: Invoice, y: number): void {
  y = y + height > area.bottom ? newPage(doc) : y + 14;
  y = row(doc, styles.figure, 'Net', formatMoney(net), y) + 3;
  y = row(doc, styles.figure, `Tax ${taxRatePercent.toLocaleString('en-GB')}%`, formatMoney(tax), y) + 9;
  rule(doc, { ...box, y }, colours.ink);
  write(doc, styles.small, 'Thank you for your order.', { ...area, y: y + 14, width: 200 });
  row(doc, styles.total, 'Total', formatMoney(total), y + 9);
}

function row(doc: Doc, style: Style, label: string, amount: string, y: number): number {
  write(doc, style, label, { ...box, y, width: 90 });
  return write(doc, style, amount, { ...box, y, align: 'right' });
}
