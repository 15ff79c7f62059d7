import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import { sender } from '../carrier.ts';
import type { Address } from '../database.ts';
import { readable } from '../sscc.ts';
import { barcode, barHeight } from './barcode.ts';
import { registerFonts } from './fonts.ts';
import { countryName, recipient } from './recipient.ts';
import { mm, write, type Doc } from './typography.ts';

/** What stands on a label. */
export interface Label {
  trackingNumber: string;
  orderId: string;
  carrier: string;
  recipient: Address;
  createdAt: Date;
}

const page = { width: 105 * mm, height: 148 * mm };
const area = { x: 7 * mm, width: page.width - 14 * mm };

/** Prints a shipment's label on A6 as PDF. The same shipment gives the same bytes. */
export async function renderLabel(label: Label): Promise<Buffer> {
  const doc = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    lang: 'en',
    displayTitle: true,
    info: { Title: `Label ${label.trackingNumber}`, Author: label.carrier, CreationDate: label.createdAt },
  });
  registerFonts(doc);
  head(doc, label);
  write(doc, 'To', { ...area, y: 28.5 * mm, font: 'regular', size: 7.5 });
  recipient(doc, label.recipient, { ...area, y: 33 * mm, height: 55 * mm });
  foot(doc, label);
  doc.end();
  return buffer(doc);
}

/** Who carries it, and who sent it. */
function head(doc: Doc, { carrier }: Label): void {
  hops(doc, area.x, 12 * mm);
  write(doc, carrier, { ...area, x: area.x + 31, y: 7.2 * mm, font: 'semibold', size: 14 });
  rule(doc, 16.5 * mm, 1.2);
  const { name, street, postalCode, city, country } = sender;
  const from = `From ${name}\n${street} · ${postalCode} ${city} · ${countryName(country)}`;
  write(doc, from, { ...area, y: 18.5 * mm, font: 'regular', size: 7.5, maxLines: 2 });
  rule(doc, 26 * mm, 0.6);
}

/** Which parcel it is, for people and for scanners. */
function foot(doc: Doc, { trackingNumber, orderId, createdAt }: Label): void {
  rule(doc, 90 * mm, 1.2);
  const reference = { ...area, y: 92 * mm, font: 'regular', size: 7.5 } as const;
  write(doc, `Order ${orderId}`, reference);
  write(doc, createdAt.toISOString().slice(0, 10), { ...reference, align: 'right' });
  const y = 99 * mm;
  barcode(doc, trackingNumber, page.width / 2, y);
  const below = { ...area, y: y + barHeight + 2 * mm, align: 'center' } as const;
  write(doc, readable(trackingNumber), { ...below, font: 'semibold', size: 13 });
}

/** Three hops: our mark. */
function hops(doc: Doc, x: number, ground: number): void {
  doc
    .path(`M ${x + 2} ${ground} q 6 -18 12 0 q 5 -13 10 0`)
    .lineWidth(1.6)
    .stroke('black');
  for (const hop of [2, 14, 24]) doc.circle(x + hop, ground, 2.4).fill('black');
}

function rule(doc: Doc, y: number, lineWidth: number): void {
  doc
    .moveTo(area.x, y)
    .lineTo(area.x + area.width, y)
    .lineWidth(lineWidth)
    .stroke('black');
}
