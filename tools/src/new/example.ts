import { declarations, type Field, type RecordSchema, type Schema } from '../events/schemas.ts';

/** What fits a text field of this name, where more is expected than any text. */
const texts: Record<string, string> = { email: 'ada@example.org', country: 'DE', currency: 'EUR' };

const values: Record<string, string> = {
  null: 'null',
  boolean: 'true',
  int: '1',
  long: '1n',
  float: '1',
  double: '1',
  bytes: `Buffer.from('bytes')`,
};

/** The data of an event as a TypeScript literal, with something in every field; uses `randomUUID`. */
export function exampleOf(event: RecordSchema): string {
  const named = new Map(declarations(event).map((schema) => [schema.name, schema]));
  return record(event);

  function record({ fields }: RecordSchema): string {
    return `{ ${fields.map(({ name, type }) => `${name}: ${valueOf(type, name)}`).join(', ')} }`;
  }

  function valueOf(type: Schema, field: Field['name']): string {
    if (type === 'string') return `'${texts[field] ?? field}'`;
    if (typeof type === 'string')
      return values[type] ?? valueOf(named.get(type.slice(type.lastIndexOf('.') + 1))!, field);
    if (Array.isArray(type)) return valueOf(type.find((branch) => branch !== 'null') ?? 'null', field);
    if ('fields' in type) return record(type);
    if ('symbols' in type) return `'${type.symbols[0]}'`;
    if (type.items !== undefined) return `[${valueOf(type.items, field)}]`;
    if (type.values !== undefined) return '{}';
    if (type.logicalType === 'uuid') return 'randomUUID()';
    if (type.logicalType === 'timestamp-millis') return 'new Date()';
    return valueOf(type.type, field);
  }
}
