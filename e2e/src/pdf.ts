import { PDFiumLibrary } from '@hyzyla/pdfium';
import {
  BinaryBitmap,
  Code128Reader,
  DecodeHintType,
  HybridBinarizer,
  RGBLuminanceSource,
} from '@zxing/library';

const dotsPerInch = 300;

/** A document as a person and a scanner get it: the text of all pages, and what the barcode on the first one says. */
export interface Document {
  text: string;
  /** As GS1-128, which starts with `]C1`; throws when there is none. */
  scan(): string;
}

/** Fetches a PDF. */
export async function fetchPdf(link: string): Promise<Document> {
  const response = await fetch(link);
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(new Uint8Array(await response.arrayBuffer()));
  const pages = [...document.pages()];
  const text = pages.map((page) => page.getText().replaceAll('\r\n', '\n')).join('\n');
  const picture = await pages[0]!.render({ scale: dotsPerInch / 72, colorSpace: 'Gray' });
  document.destroy();
  library.destroy();
  return { text: text.normalize(), scan: () => scan(picture) };
}

function scan({ data, width, height }: { data: Uint8Array; width: number; height: number }): string {
  // Rows are padded.
  const padded = data.length / height;
  const pixels = new Uint8ClampedArray(width * height);
  for (let row = 0; row < height; row++) {
    pixels.set(data.subarray(row * padded, row * padded + width), row * width);
  }
  const source = new RGBLuminanceSource(pixels, width, height);
  const hints = new Map([[DecodeHintType.ASSUME_GS1, true]]);
  return new Code128Reader().decode(new BinaryBitmap(new HybridBinarizer(source)), hints).getText();
}
