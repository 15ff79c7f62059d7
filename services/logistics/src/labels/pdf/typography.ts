import type { FontName } from './fonts.ts';

/** A document that is being written. */
export type Doc = PDFKit.PDFDocument;

/** Millimetres in points. */
export const mm = 72 / 25.4;

/** Where a text goes, in points from the top left, and how it looks. One of more than `maxLines` (1) ends in an ellipsis. */
export interface Text {
  font: FontName;
  size: number;
  x: number;
  y: number;
  width: number;
  align?: 'left' | 'right' | 'center';
  maxLines?: number;
}

/** Writes a text, in black, as thermal printers know no other colour; returns the y below it. */
export function write(doc: Doc, text: string, place: Text): number {
  const { height, options } = layout(doc, text, place);
  doc.fillColor('black').text(text, place.x, place.y, { ...options, height: height + 0.1, ellipsis: true });
  return place.y + height;
}

/** The height that a text takes. */
export function heightOf(doc: Doc, text: string, place: Text): number {
  return layout(doc, text, place).height;
}

function layout(doc: Doc, text: string, { font, size, width, align = 'left', maxLines = 1 }: Text) {
  doc.font(font).fontSize(size);
  const lineHeight = size * 1.3;
  const options = { width, align, lineGap: lineHeight - doc.currentLineHeight(true) };
  return { options, height: Math.min(doc.heightOfString(text, options), maxLines * lineHeight) };
}
