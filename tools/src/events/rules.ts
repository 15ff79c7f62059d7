import avsc from 'avsc';
import { declarations, type EventSchema, type Schema } from './schemas.ts';
import { typeOf } from './typescript.ts';

/** One sentence for each rule of the contracts that `schemas` break, each with the file's path; none when all is well. */
export function check(schemas: readonly EventSchema[]): string[] {
  const problems = schemas.flatMap(checkEvent);
  return problems.length > 0 ? problems : [...checkNames(schemas), ...checkVersions(schemas)];
}

function checkEvent({ path, owner, folder, schema }: EventSchema): string[] {
  const { namespace, name, topic, key } = schema;
  const problems: string[] = [];
  const rule = (holds: unknown, sentence: string) => holds || problems.push(`${path}: ${sentence}`);

  const broken = failure(() => compile(schema));
  rule(!broken, `is no valid Avro schema (${broken}).`);
  if (broken) return problems;
  rule(schema.type === 'record', 'must be a record.');
  if (schema.type !== 'record') return problems;

  rule(namespace === owner, `namespace must be "${owner}", the folder of its owner, not "${namespace}".`);
  rule(
    kebab(name) === folder,
    `the record is named ${name}, so its folder must be ${kebab(name)}, not ${folder}.`,
  );
  rule(topic?.startsWith(`${owner}.`), `topic must be "${owner}.<aggregate>", not ${JSON.stringify(topic)}.`);
  const keyField = schema.fields.find((field) => field.name === key);
  rule(keyField, `key must name one of its fields, not ${JSON.stringify(key)}.`);
  rule(!keyField || isString(keyField.type), `the key field ${key} must be a string.`);

  for (const type of declarations(schema)) {
    rule(type.doc, `${type.name} needs a doc.`);
    if (type.type !== 'record') continue;
    for (const field of type.fields) {
      rule(field.doc, `${type.name}.${field.name} needs a doc.`);
      const inexpressible = failure(() => typeOf(field.type, name));
      rule(!inexpressible, `${type.name}.${field.name}: ${inexpressible}`);
    }
  }
  return problems;
}

/** Events are imported by their short name, whoever owns them. */
function checkNames(schemas: readonly EventSchema[]): string[] {
  return pairs(schemas)
    .filter(([one, other]) => one.schema.name === other.schema.name && one.owner !== other.owner)
    .map(
      ([one, other]) => `${other.path}: ${one.path} has the name ${one.schema.name} already; take another.`,
    );
}

/** Whoever reads one version can read every other. */
function checkVersions(schemas: readonly EventSchema[]): string[] {
  return pairs(schemas)
    .filter(([one, other]) => one.owner === other.owner && one.folder === other.folder)
    .flatMap(([older, newer]) => {
      const moved = older.schema.topic !== newer.schema.topic || older.schema.key !== newer.schema.key;
      if (moved) return [`${newer.path}: topic and key must stay what they are in ${older.path}.`];
      return [unreadable(newer, older), unreadable(older, newer)];
    })
    .filter((problem) => problem !== undefined);
}

function unreadable(reader: EventSchema, writer: EventSchema): string | undefined {
  const reason = failure(() => compile(reader.schema).createResolver(compile(writer.schema)));
  return (
    reason &&
    `${reader.path}: its readers cannot read events of ${writer.path} (${reason}); give new fields a default.`
  );
}

const compile = (schema: Schema) => avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: 'never' });

const kebab = (name: string) => name.replace(/(?<=.)(?=[A-Z])/g, '-').toLowerCase();

const isString = (type: Schema) =>
  type === 'string' || (typeof type === 'object' && 'type' in type && type.type === 'string');

function failure(attempt: () => unknown): string | undefined {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((one, index) => list.slice(index + 1).map((other): [T, T] => [one, other]));
}
