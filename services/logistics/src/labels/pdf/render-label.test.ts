import { expect, test } from '@jest/globals';
import { sscc } from '../sscc.ts';
import { readLabel, scan } from './read-label.fixture.ts';
import { type Label, renderLabel } from './render-label.ts';

const zoe = {
  name: 'Zoë Łukasiewicz',
  street: 'Große Straße 12',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
};
const example = (recipient: Partial<Label['recipient']> = {}, trackingNumber = sscc(42)): Label => ({
  trackingNumber,
  orderId: '01997cb9-76f1-7a0e-b1dc-0a4c1b2d3e4f',
  carrier: 'Everyhop Parcel',
  recipient: { ...zoe, ...recipient },
  createdAt: new Date('2026-11-21T09:30:00Z'),
});

test('a label says who sends what to whom', async () => {
  const { text, pages } = await readLabel(await renderLabel(example()));
  expect(pages).toBe(1);
  for (const expected of [
    ...['Everyhop Parcel', 'Everyhop Trading GmbH', 'Kafkaweg 9', '20457 Hamburg'],
    ...['Zoë Łukasiewicz', 'Große Straße 12', '10115 Berlin', 'GERMANY'],
    ...['Order 01997cb9-76f1-7a0e-b1dc-0a4c1b2d3e4f', '2026-11-21', '(00) 0 9521234 000000042 6'],
  ]) {
    expect(text).toContain(expected);
  }
});

test.each([203, 300, 600])(
  'a scanner reads the tracking number as GS1-128 from a print of %d dpi',
  async (dpi) => {
    const trackingNumber = sscc(9_876_543_210);
    const label = await readLabel(await renderLabel(example({}, trackingNumber)), dpi);
    expect(scan(label)).toBe(`]C100${trackingNumber}`);
  },
);

test('the barcode is as large as GS1 asks, with ten modules of white at both sides', async () => {
  const { pixels, width, height } = await readLabel(await renderLabel(example()), 508); // 0.05 mm a dot
  const row = pixels.subarray(Math.round(height * 0.75) * width).subarray(0, width);
  const first = row.findIndex((pixel) => pixel < 128);
  const last = row.findLastIndex((pixel) => pixel < 128);
  expect((last - first + 1) * 0.05).toBeCloseTo(78, 0); // 156 modules of 0.5 mm
  expect(first * 0.05).toBeGreaterThanOrEqual(5);
  expect((width - 1 - last) * 0.05).toBeGreaterThanOrEqual(5);
  const firstBar = Array.from({ length: height }, (_, y) => pixels[y * width + first + 5]! < 128);
  expect(firstBar.slice(Math.round(height * 0.65)).filter(Boolean).length * 0.05).toBeCloseTo(32, 0);
});

test('a wrong check digit is not printed', async () => {
  await expect(renderLabel(example({}, '095212340000000427'))).rejects.toThrow('checksum');
});

test.each(['Владимир Ильич', 'Ελένη Παπαδοπούλου', 'Nguyễn Thị Ánh', 'Jürgen Çağlar-Đorđević'])(
  'the name %s is printed as it is written',
  async (name) => {
    expect((await readLabel(await renderLabel(example({ name })))).text).toContain(name);
  },
);

test('a long address is set smaller, whole, and clear of the barcode', async () => {
  const street = 'Martinistraße 52, Gebäude O47, drittes Obergeschoss, Anmeldung Raum 314';
  const name = 'Universitätsklinikum Hamburg-Eppendorf, Zentrum für Geburtshilfe, Kinder- und Jugendmedizin';
  const label = await readLabel(await renderLabel(example({ name, street })));
  const letters = (text: string) => text.replaceAll(/[^\p{L}\d]/gu, '');
  expect(letters(label.text)).toContain(letters(name + street));
  expect(scan(label)).toBe(`]C100${sscc(42)}`);
});

test('an endless address is cut with an ellipsis and stays above the barcode', async () => {
  const endless = 'W'.repeat(5_000);
  const label = await readLabel(
    await renderLabel(example({ name: endless, street: endless, city: endless })),
  );
  expect(label.pages).toBe(1);
  expect(label.text).toContain('…');
  expect(label.text).toContain('GERMANY');
  const below = [88.2, 89.5].map((mm) => Math.round((mm / 148) * label.height) * label.width);
  expect(label.pixels.subarray(...below).every((grey) => grey > 128)).toBe(true);
  expect(scan(label)).toBe(`]C100${sscc(42)}`);
});

test('the same shipment gives the same bytes', async () => {
  expect((await renderLabel(example())).equals(await renderLabel(example()))).toBe(true);
});
