import avsc from 'avsc';
// Not from the index: the generated code may be what has to be repaired.
import { unreadableNames } from '@everyhop/events/internal';
import { kebab } from '../names.ts';
import { checkField, checkMoney } from './field-rules.ts';
import { isPastTense } from './past-tense.ts';
import { declarations, logicalTypeOf, type EventSchema, type RecordSchema, type Schema } from './schemas.ts';
import { typeOf } from './typescript.ts';
import { checkVersions } from './version-rules.ts';

/**
 * One sentence for each rule of the contracts that `schemas` break, each with the file's path; none when all is well.
 * `services`: the names that events must not mention, as they do not know who reads them.
 */
export function brokenRules(schemas: readonly EventSchema[], services: readonly string[] = []): string[] {
  const problems = schemas.flatMap((event) =>
    checkEvent(event, services).map((sentence) => `${event.path}: ${sentence}`),
  );
  return problems.length > 0 ? problems : [...checkNames(schemas), ...checkVersions(schemas)];
}

function checkEvent({ owner, folder, schema }: EventSchema, services: readonly string[]): string[] {
  const { namespace, name, topic, key } = schema;
  const unreadable = unreadableNames(schema);
  if (unreadable.length > 0) return unreadable.map((sentence) => `${sentence}.`);
  const broken = failure(() => compile(schema));
  if (broken) return [`is no valid Avro schema (${broken}).`];
  if (schema.type !== 'record') return ['must be a record.'];

  const problems: string[] = [];
  const rule = (holds: unknown, sentence: string) => holds || problems.push(sentence);
  rule(namespace === owner, `namespace must be "${owner}", the folder of its owner, not "${namespace}".`);
  rule(
    kebab(name) === folder,
    `the record is named ${name}, so its folder must be ${kebab(name)}, not ${folder}.`,
  );
  rule(
    isPastTense(name),
    `${name} must be named for what has happened, in the past tense: OrderPlaced, EmailSent.`,
  );
  rule(topic?.startsWith(`${owner}.`), `topic must be "${owner}.<aggregate>", not ${JSON.stringify(topic)}.`);
  const keyField = schema.fields.find((field) => field.name === key);
  rule(keyField, `key must name one of its fields, not ${JSON.stringify(key)}.`);
  rule(!keyField || isString(keyField.type), `the key field ${key} must be a string.`);
  const has = (logicalType: string) => schema.fields.some(({ type }) => logicalTypeOf(type) === logicalType);
  rule(has('uuid'), `${name} needs an identifier: a field of the logical type uuid, such as orderId.`);
  rule(
    has('timestamp-millis'),
    `${name} needs the time at which it happened: a field of the logical type timestamp-millis, such as placedAt.`,
  );
  return [
    ...problems,
    ...checkTypeNames(schema),
    ...checkTypes(schema),
    ...checkReaders(schema, owner, services),
  ];
}

// What the generated code calls the types of fields: within an event, its own types hide them.
const generated = ['Buffer', 'Date', 'Readonly', 'ReadonlyArray', 'Record'];

/** Types are told apart by their short names, in TypeScript and by readers. */
function checkTypeNames(schema: RecordSchema): string[] {
  const names = declarations(schema).map(({ name }) => name.slice(name.lastIndexOf('.') + 1));
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [
    ...[...twice].map((name) => `two of its types are named ${name}: give each a name of its own.`),
    ...names
      .filter((name) => generated.includes(name))
      .map((name) => `the type ${name} would hide TypeScript's: give it another name.`),
  ];
}

function checkTypes(schema: RecordSchema): string[] {
  const problems: string[] = [];
  const rule = (holds: unknown, sentence: string) => holds || problems.push(sentence);
  for (const type of declarations(schema)) {
    rule(type.doc, `${type.name} needs a doc.`);
    if (type.type !== 'record') continue;
    problems.push(...checkMoney(type));
    for (const field of type.fields) {
      const path = `${type.name}.${field.name}`;
      rule(field.doc, `${path} needs a doc.`);
      const inexpressible = failure(() => typeOf(field.type, schema.name));
      rule(!inexpressible, `${path}: ${inexpressible}`);
      problems.push(...checkField(type, field).map((sentence) => `${path} ${sentence}`));
    }
  }
  return problems;
}

/** An event says what has happened, to whomever it may concern. */
function checkReaders(schema: EventSchema['schema'], owner: string, services: readonly string[]): string[] {
  const types = declarations(schema).map((type) => type.name);
  const fields = declarations(schema).flatMap((type) =>
    type.type === 'record' ? type.fields.map((field) => `${type.name}.${field.name}`) : [],
  );
  return [...types, ...fields, schema.topic ?? ''].flatMap((name) =>
    services
      .filter((service) => service !== owner && mentions(name.slice(name.indexOf('.') + 1), service))
      .map(
        (service) =>
          `${name} names the service ${service}: an event does not know who reads it; say what has happened.`,
      ),
  );
}

const mentions = (name: string, service: string) => `-${kebab(name)}-`.includes(`-${service}-`);

/** Events are imported by their short name, whoever owns them. */
function checkNames(schemas: readonly EventSchema[]): string[] {
  return schemas.flatMap((other, index) => {
    const one = schemas
      .slice(0, index)
      .find(({ schema, owner }) => schema.name === other.schema.name && owner !== other.owner);
    return one ? [`${other.path}: ${one.path} has the name ${one.schema.name} already; take another.`] : [];
  });
}

const compile = (schema: Schema) => avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: 'never' });

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
