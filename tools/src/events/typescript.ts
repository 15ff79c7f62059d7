import {
  declarations,
  type EnumSchema,
  type EventSchema,
  type Field,
  type RecordSchema,
  type Schema,
} from './schemas.ts';

/** The TypeScript of one event: the type of its data, the types within it as its namespace, and its constructor. */
export function renderEvent({ path, version, schema }: EventSchema): string {
  const { name, topic, key } = schema;
  const [, ...nested] = declarations(schema);
  return `${banner(path)}
import { type EventType, defineEvent } from '../../event.ts';

${comment(schema.doc)}
export interface ${name} ${fields(schema, name)}

${nested.length === 0 ? '' : `export declare namespace ${name} {\n${nested.map((type) => declaration(type, name)).join('\n\n')}\n}\n`}
${comment(schema.doc)}
export const ${name}: EventType<${name}> = defineEvent<${name}>(${JSON.stringify({ topic, key, version, schema })});
`;
}

/** The TypeScript that exports every event by name, and all of them as a list. */
export function renderIndex(events: readonly EventSchema[]): string {
  const names = events.map(({ schema }) => schema.name);
  return `${banner('schemas/')}
import type { EventType } from '../event.ts';
${events.map(({ owner, folder, schema }) => `import { ${schema.name} } from './${owner}/${folder}.ts';`).join('\n')}

export { ${names.join(', ')} };

/** Every event of schemas/, by owner and name. */
export const allEvents: readonly EventType<any>[] = [${names.join(', ')}];
`;
}

const banner = (source: string) => `// Generated from ${source} by ./dev events generate; do not edit.`;

const comment = (...sentences: (string | undefined)[]) =>
  `/** ${sentences.filter(Boolean).join(' ').replaceAll('*/', '* /')} */`;

function declaration(schema: RecordSchema | EnumSchema, event: string): string {
  const body =
    schema.type === 'enum'
      ? `type ${schema.name} = ${schema.symbols.map((symbol) => `'${symbol}'`).join(' | ')};`
      : `interface ${schema.name} ${fields(schema, event)}`;
  return `${comment(schema.doc)}\nexport ${body}`;
}

function fields(record: RecordSchema, event: string): string {
  return `{\n${record.fields.map((field) => property(field, event)).join('\n')}\n}`;
}

function property({ name, type, doc, pii, default: fallback }: Field, event: string): string {
  const optional = fallback === undefined ? '' : '?';
  return `${comment(doc, pii ? 'Personal data.' : '')}\nreadonly ${name}${optional}: ${typeOf(type, event)};`;
}

const primitives: Record<string, string> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'bigint',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Buffer',
};

const logicalTypes: Record<string, string> = { uuid: 'string', 'timestamp-millis': 'Date' };

function within(event: string, fullName: string): string {
  const name = fullName.slice(fullName.lastIndexOf('.') + 1);
  return name === event ? event : `${event}.${name}`;
}

const nullLast = (one: string, other: string) => Number(one === 'null') - Number(other === 'null');

/** The TypeScript type of `schema` within `event`; throws a sentence when it has none. */
export function typeOf(schema: Schema, event: string): string {
  if (typeof schema === 'string') return primitives[schema] ?? within(event, schema);
  if (Array.isArray(schema))
    return schema
      .map((branch) => typeOf(branch, event))
      .sort(nullLast)
      .join(' | ');
  if ('name' in schema) return typeOf(schema.name, event);
  if (schema.items !== undefined) return `ReadonlyArray<${typeOf(schema.items, event)}>`;
  if (schema.values !== undefined) return `Readonly<Record<string, ${typeOf(schema.values, event)}>>`;
  const known = logicalTypes[schema.logicalType ?? ''];
  if (known) return known;
  throw new Error(
    `${JSON.stringify(schema)} has no TypeScript type; write "${schema.type}", or use the logical type ${Object.keys(logicalTypes).join(' or ')}.`,
  );
}
