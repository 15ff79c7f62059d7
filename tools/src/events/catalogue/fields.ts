import type { Field, RecordSchema, Schema } from '../schemas.ts';

/** A field as the catalogue shows it. */
export interface FieldRow {
  /** `lines[].unitPrice.amount`. */
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
}

/** One row a field; the fields of a record follow the field in which it is declared. */
export function fieldRows(record: RecordSchema, prefix = ''): FieldRow[] {
  return record.fields.flatMap((field) => [
    { path: prefix + field.name, type: typeOf(field.type), meaning: meaning(field) },
    ...nested(field.type, prefix + field.name),
  ]);
}

function meaning({ doc, pii, default: fallback }: Field): string {
  const defaultText = fallback === undefined ? '' : ` Default: ${JSON.stringify(fallback)}.`;
  return `${doc}${pii ? ' Personal data.' : ''}${defaultText}`;
}

function nested(schema: Schema, path: string): FieldRow[] {
  if (typeof schema === 'string') return [];
  if (Array.isArray(schema)) return schema.flatMap((branch) => nested(branch, path));
  if (schema.type === 'record') return fieldRows(schema as RecordSchema, `${path}.`);
  const { items, values } = schema as { items?: Schema; values?: Schema };
  return nested(items ?? values ?? [], `${path}[]`);
}

function typeOf(schema: Schema): string {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return schema.map(typeOf).join(' or ');
  if ('symbols' in schema) return schema.symbols.join(', ');
  if ('name' in schema) return schema.name;
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (schema.values !== undefined) return `map of ${typeOf(schema.values)}`;
  return schema.logicalType ?? schema.type;
}
