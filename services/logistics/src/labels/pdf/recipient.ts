import type { Address } from '../database.ts';
import { heightOf, write, type Doc } from './typography.ts';

const sizes = [22, 19, 16, 13, 10, 8];
const smallest = sizes.at(-1);

/** Writes an address into a box, as large as it fits; what sorters look for, name, town and country, stands out. */
export function recipient(
  doc: Doc,
  address: Address,
  box: { x: number; y: number; width: number; height: number },
): void {
  const lines = addressLines(address);
  for (const size of sizes) {
    const place = { ...box, size, maxLines: size === smallest ? 3 : 20 };
    const height = lines.reduce((sum, [font, text]) => sum + heightOf(doc, text, { ...place, font }), 0);
    if (height > box.height && size !== smallest) continue;
    let y = box.y;
    for (const [font, text] of lines) y = write(doc, text, { ...place, font, y });
    return;
  }
}

function addressLines({ name, street, postalCode, city, country }: Address) {
  return [
    ['semibold', clip(name)],
    ['regular', clip(street)],
    ['semibold', clip(`${postalCode} ${city}`)],
    ['semibold', countryName(country).toUpperCase()],
  ] as const;
}

/** No more than a label has room for, as breaking a word takes the square of its length. */
function clip(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

/** The country's English name; what is no ISO 3166 code is printed as it came. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code)
    ? (new Intl.DisplayNames('en', { type: 'region' }).of(code) ?? code)
    : clip(code);
}
