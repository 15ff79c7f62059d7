import type { Invoice } from '../invoice.ts';
import { colours, rule, styles, write, type Doc } from './typography.ts';

/** The printed area of an A4 page, in points: 20 mm at the sides, the foot below `bottom`. */
export const area = { x: 56.7, width: 481.9, right: 538.6, top: 56.7, bottom: 762 };

/** Three hops and the name. */
export function wordmark(doc: Doc, x: number, y: number): void {
  const ground = y + 13;
  doc
    .path(`M ${x + 2} ${ground} q 6 -18 12 0 q 5 -13 10 0`)
    .lineWidth(1.6)
    .stroke(colours.accent);
  for (const hop of [2, 14, 24]) doc.circle(x + hop, ground, 2.4).fill(colours.accent);
  write(doc, styles.wordmark, 'everyhop', { x: x + 33, y: y - 1.5, width: 150 });
}

/** Writes the foot of each page; the last thing to do, for only then is the number of pages known. */
export function footers(doc: Doc, { seller, number }: Invoice): void {
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page);
    rule(doc, { ...area, y: 780 });
    const imprint = `${seller.name}  ·  VAT ID ${seller.vatId}  ·  ${seller.email}`;
    write(doc, styles.small, imprint, { ...area, y: 788, maxLines: 1 });
    write(doc, styles.small, `Invoice ${number}  ·  Page ${page + 1} / ${count}`, {
      ...area,
      y: 788,
      align: 'right',
    });
  }
}
