import bwip from 'bwip-js/node';
import { mm, type Doc } from './typography.ts';

// A module is the narrowest bar: GS1 asks for 0.495 to 0.940 mm, and half a millimetre is four dots of a 203 dpi
// printer.
const moduleWidth = 0.5 * mm;

/** The height that GS1 asks for on a logistic label. */
export const barHeight = 32 * mm;

/**
 * Draws an SSCC as GS1-128 (Code 128 with FNC1, application identifier 00), as vectors, centred on x; throws when its check digit is wrong.
 */
export function barcode(doc: Doc, sscc: string, x: number, y: number): void {
  const [symbol] = bwip.raw({ bcid: 'gs1-128', text: `(00)${sscc}` }) as { sbs: number[] }[];
  const modules = symbol!.sbs.reduce((sum, width) => sum + width, 0);
  let left = x - (modules * moduleWidth) / 2;
  symbol!.sbs.forEach((width, index) => {
    const isBar = index % 2 === 0;
    if (isBar) doc.rect(left, y, width * moduleWidth, barHeight);
    left += width * moduleWidth;
  });
  doc.fill('black');
}
