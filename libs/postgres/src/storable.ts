/** `text` as Postgres can store it: a zero character, and half of a surrogate pair, become U+FFFD. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
