/**
 * A sentence for each name in `schema` (of a type, a field, a symbol) that every JavaScript object has already, such as
 * `constructor`: looked up in an object it is always found, so no reader could tell whether the writer had it.
 */
export function unreadableNames(schema: unknown): string[] {
  return [...new Set(namesIn(schema))]
    .filter((name) => name in {})
    .map(
      (name) =>
        `${name} is a name that every JavaScript object has already, which no reader can tell apart: take another`,
    );
}

function namesIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(namesIn);
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, name, aliases = [], fields = [], symbols = [], items, values } = schema as Named;
  const short = [name, aliases]
    .flat()
    .filter((one) => typeof one === 'string')
    .flatMap((one) => one.split('.'));
  return [...short, ...[symbols].flat(), ...[type, items, values, fields].flatMap(namesIn)];
}

interface Named {
  type?: unknown;
  name?: string;
  aliases?: string[];
  fields?: unknown[];
  symbols?: string[];
  items?: unknown;
  values?: unknown;
}
