import { openSync } from 'fontkit';
import { fileURLToPath } from 'node:url';

/** Inter, as it covers Latin, Greek and Cyrillic; PDF's built-in fonts end at Western European. */
const files = {
  regular: '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  semibold: '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
};

/** The weights there are. */
export type FontName = keyof typeof files;

// Parsed once for all documents: that is four fifths of the time that a page takes.
const fonts = Object.entries(files).map(
  ([name, file]) => [name, openSync(fileURLToPath(import.meta.resolve(file)))] as const,
);

/** Makes the weights known to a new document by their names. */
export function registerFonts(doc: PDFKit.PDFDocument): void {
  for (const [name, font] of fonts) {
    // Each document looks glyphs up for itself: fontkit keeps with a glyph the text for which it was looked up first,
    // and from that a PDF's text is made. The K that was first met inside a Ḱ would stay without text for good.
    const own: unknown = Object.create(font, { _glyphs: { value: {} } });
    doc.registerFont(name, own as Uint8Array); // pdfkit takes parsed fonts, its types do not know yet
  }
}
