import { PDFiumLibrary } from '@hyzyla/pdfium';

/** The text of each page of a PDF, as Chrome's reader finds it; lines end in `\n`. For tests. */
export async function readPages(pdf: Uint8Array): Promise<string[]> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const pages = [...document.pages()].map((page) => page.getText().replaceAll('\r\n', '\n'));
  document.destroy();
  library.destroy();
  return pages;
}
