/** `gift-cards` → `GiftCards`. */
export const pascal = (kebab: string): string =>
  kebab.replace(/(^|-)./g, (start) => start.at(-1)!.toUpperCase());

/** `GiftCards` → `giftCards`. */
export const camel = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

/** `giftCards`, `GiftCards` → `gift-cards`. */
export const kebab = (name: string): string => name.replace(/(?<=.)(?=[A-Z])/g, '-').toLowerCase();

/** `gift-cards`, `giftCards` → `gift_cards`. */
export const snake = (name: string): string => kebab(name).replaceAll('-', '_');

/** `giftCards` → `Gift cards`. */
export function words(name: string): string {
  const text = kebab(name).replaceAll('-', ' ');
  return text[0]!.toUpperCase() + text.slice(1);
}

/** Throws a sentence unless `name` is kebab-case. */
export function assertKebab(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name) && name.length <= 40) return;
  throw new Error(
    `"${name}" can't be a name: write it in small letters, with hyphens between words, such as gift-cards.`,
  );
}

/** Throws a sentence unless `name` can be the namespace of events, which has no hyphens. */
export function assertWord(name: string): void {
  if (/^[a-z][a-z0-9]*$/.test(name) && name.length <= 40) return;
  throw new Error(
    `"${name}" can't be the name of a service: write one word in small letters, such as billing.`,
  );
}
