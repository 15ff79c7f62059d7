import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { Invoice } from '../invoice.ts';
import { letterhead } from './letterhead.ts';
import { lineTable } from './line-table.ts';
import { footers } from './page.ts';
import { totals } from './totals.ts';
import { registerFonts } from './fonts.ts';

/** Prints an invoice on A4 as PDF. The same invoice gives the same bytes. */
export async function renderInvoice(invoice: Invoice): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: { Title: `Invoice ${invoice.number}`, Author: invoice.seller.name, CreationDate: invoice.issuedAt },
  });
  registerFonts(doc);
  const y = letterhead(doc, invoice);
  totals(doc, invoice, lineTable(doc, invoice.lines, y + 34));
  footers(doc, invoice);
  doc.end();
  return buffer(doc);
}
