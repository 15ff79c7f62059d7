import { PDFiumLibrary } from '@hyzyla/pdfium';

/** A page as a reader sees it: its text, and for each point from the top whether something is printed at that height. */
export interface Page {
  text: string;
  inked: boolean[];
}

/** Reads the pages of a PDF as Chrome shows them. For tests. */
export async function readPages(pdf: Uint8Array): Promise<Page[]> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const pages: Page[] = [];
  for (let index = 0; index < document.getPageCount(); index++) {
    const text = document.getPage(index).getText().replaceAll('\r\n', '\n');
    const { data, height } = await document.getPage(index).render({ scale: 1, colorSpace: 'Gray' });
    const stride = data.length / height;
    const row = (y: number) => data.subarray(y * stride, (y + 1) * stride);
    pages.push({ text, inked: Array.from({ length: height }, (_, y) => row(y).some((grey) => grey < 128)) });
  }
  document.destroy();
  library.destroy();
  return pages;
}
