import type { EventSchema, Field, RecordSchema, Schema } from './schemas.ts';

/** The Markdown page that lists every event: who publishes it, where, and what it says. */
export function renderCatalogue(events: readonly EventSchema[]): string {
  return `# Events

The contracts between the services: \`<owner>/<event>/v<N>.avsc\`, where the owner is the service that publishes
the event. This page is generated from them by \`./dev events generate\`; do not edit it.

| Event | What happened | Topic | Key | Version |
| --- | --- | --- | --- | --- |
${events.map(overview).join('\n')}

${events.map(details).join('\n\n')}
`;
}

const nameOf = ({ schema }: EventSchema) => `${schema.namespace}.${schema.name}`;

function overview(event: EventSchema): string {
  const { doc, topic, key } = event.schema;
  const anchor = nameOf(event).replace('.', '').toLowerCase();
  return `| [${nameOf(event)}](#${anchor}) | ${doc} | ${topic} | ${key} | ${event.version} |`;
}

function details(event: EventSchema): string {
  const file = `${event.owner}/${event.folder}/v${event.version}.avsc`;
  return `## ${nameOf(event)}

${event.schema.doc} Schema: [${file}](${file}).

| Field | Type | Meaning |
| --- | --- | --- |
${rows(event.schema, '').join('\n')}`;
}

/** One row a field; the fields of a record follow the field in which it is declared. */
function rows(record: RecordSchema, prefix: string): string[] {
  return record.fields.flatMap((field) => [
    `| \`${prefix}${field.name}\` | ${typeOf(field.type)} | ${meaning(field)} |`,
    ...nested(field.type, `${prefix}${field.name}`),
  ]);
}

const meaning = ({ doc, pii }: Field) => (pii ? `${doc} Personal data.` : `${doc}`);

function nested(schema: Schema, path: string): string[] {
  if (typeof schema === 'string') return [];
  if (Array.isArray(schema)) return schema.flatMap((branch) => nested(branch, path));
  if (schema.type === 'record') return rows(schema as RecordSchema, `${path}.`);
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
