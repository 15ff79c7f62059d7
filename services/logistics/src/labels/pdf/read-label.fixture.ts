import { PDFiumLibrary } from '@hyzyla/pdfium';
import {
  BinaryBitmap,
  Code128Reader,
  DecodeHintType,
  HybridBinarizer,
  RGBLuminanceSource,
} from '@zxing/library';

/** A label as a reader sees it: its text, and its page as grey pixels (0 black, 255 white), row by row. */
export interface Read {
  pages: number;
  text: string;
  pixels: Uint8ClampedArray;
  width: number;
  height: number;
}

/** Prints the first page of a PDF at so many dots per inch (300 by default) and reads its text. For tests. */
export async function readLabel(pdf: Uint8Array, dpi = 300): Promise<Read> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const text = document.getPage(0).getText().replaceAll('\r\n', '\n');
  const { data, width, height } = await document.getPage(0).render({ scale: dpi / 72, colorSpace: 'Gray' });
  const stride = data.length / height;
  const pixels = new Uint8ClampedArray(width * height);
  for (let row = 0; row < height; row++) {
    pixels.set(data.subarray(row * stride, row * stride + width), row * width);
  }
  const read = { pages: document.getPageCount(), text, pixels, width, height };
  document.destroy();
  library.destroy();
  return read;
}

/** What a scanner reads of the barcode: `]C1` for GS1-128, then its data; throws when it finds none. For tests. */
export function scan({ pixels, width, height }: Read): string {
  const source = new RGBLuminanceSource(pixels, width, height);
  const bitmap = new BinaryBitmap(new HybridBinarizer(source));
  return new Code128Reader().decode(bitmap, new Map([[DecodeHintType.ASSUME_GS1, true]])).getText();
}
