/** JSON in which bigints are decimal strings, so that none is rounded. */
export const stringify = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part));
