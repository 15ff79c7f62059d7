import type { FontName } from './fonts.ts';

/** A document that is being written. */
export type Doc = PDFKit.PDFDocument;

/** Ink to read, a muted tone for what is looked up, a hairline, one accent. */
export const colours = { ink: '#14213d', muted: '#6b7488', hairline: '#dfe3ea', accent: '#e4572e' };

/** How a text looks; size in points. */
export interface Style {
  font: FontName;
  size: number;
  colour: string;
  /** Figures of equal width, so that they line up in a column. */
  tabular?: boolean;
}

/** The styles of an invoice. */
export const styles = {
  wordmark: { font: 'semibold', size: 17, colour: colours.ink },
  title: { font: 'semibold', size: 24, colour: colours.ink },
  label: { font: 'medium', size: 7.5, colour: colours.muted },
  body: { font: 'regular', size: 9.5, colour: colours.ink },
  strong: { font: 'semibold', size: 9.5, colour: colours.ink },
  figure: { font: 'regular', size: 9.5, colour: colours.ink, tabular: true },
  small: { font: 'regular', size: 8, colour: colours.muted },
  total: { font: 'semibold', size: 13, colour: colours.ink, tabular: true },
} satisfies Record<string, Style>;

/** Where a text goes, in points from the top left; one that needs more than `maxLines` (3) ends in an ellipsis. */
export interface Place {
  x: number;
  y: number;
  width: number;
  align?: 'left' | 'right';
  maxLines?: number;
}

/** Writes text at a place; returns the y below it. */
export function write(doc: Doc, style: Style, text: string, place: Place): number {
  const { x, y } = place;
  const { height, content, options } = layout(doc, style, text, place);
  doc.fillColor(style.colour).text(content, x, y, { ...options, height: height + 0.1, ellipsis: true });
  return y + height;
}

/** The height that a text takes. */
export function heightOf(doc: Doc, style: Style, text: string, place: Omit<Place, 'x' | 'y'>): number {
  return layout(doc, style, text, place).height;
}

function layout(doc: Doc, style: Style, text: string, place: Omit<Place, 'x' | 'y'>) {
  const { width, align = 'left', maxLines = 3 } = place;
  doc.font(style.font).fontSize(style.size);
  const lineHeight = style.size * 1.45;
  const features: PDFKit.Mixins.OpenTypeFeatures[] | undefined = style.tabular ? ['tnum'] : undefined;
  const options = { width, align, lineGap: lineHeight - doc.currentLineHeight(true), features };
  // Breaking a word takes the square of its length: measure no more than could ever fit.
  const content = text.normalize().slice(0, (maxLines * 6 * width) / style.size);
  return { content, options, height: Math.min(doc.heightOfString(content, options), maxLines * lineHeight) };
}

/** Draws a thin line to the right. */
export function rule(doc: Doc, { x, y, width }: Place, colour = colours.hairline): void {
  doc
    .moveTo(x, y)
    .lineTo(x + width, y)
    .lineWidth(0.6)
    .stroke(colour);
}
