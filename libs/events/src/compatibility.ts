import { type AvroSchema, avroType } from './avro.ts';
import { readerOf, writerType } from './reader.ts';

export { unreadableNames } from './names.ts';

/** A schema and how to call it: `v1`. */
export interface SchemaVersion {
  readonly version: string;
  readonly schema: AvroSchema;
}

/**
 * Why readers of `newer` could not read events of a version of `earlier` (oldest first), or the other way round: a
 * sentence for each field, with what to do instead. None when all understand each other, as FULL_TRANSITIVE asks.
 */
export function incompatibilities(earlier: readonly SchemaVersion[], newer: SchemaVersion): string[] {
  const byField = new Map<string, string>();
  // The newest version that minds is the one to name.
  for (const sentence of earlier.flatMap((older) => between(older, newer)))
    byField.set(sentence.slice(0, sentence.indexOf(' ')), sentence);
  return [...byField.values()];
}

function between(older: SchemaVersion, newer: SchemaVersion): string[] {
  const [v1, v2] = [older.version, newer.version];
  const [oldTypes, newTypes] = [namedTypes(older.schema), namedTypes(newer.schema)];
  const compared = new Set<string>();
  const problems: string[] = [];
  compare('', older.schema, newer.schema);
  return problems.length > 0 ? problems : unreadable(older, newer);

  function compare(path: string, oldSchema: unknown, newSchema: unknown): void {
    const [one, two] = [resolve(oldSchema, oldTypes), resolve(newSchema, newTypes)];
    if (one.type !== two.type || one.name !== two.name) return compareTypes(path, one, two);
    if (one.name) {
      // Once is enough, and a type may contain itself.
      if (compared.has(one.name)) return;
      compared.add(one.name);
    }
    if (one.type === 'record') compareFields(path, one, two);
    else if (one.type === 'enum') compareSymbols(path, one, two);
    else if (one.type === 'array') compare(`${path}[]`, one.items, two.items);
    else if (one.type === 'map') compare(`${path}{}`, one.values, two.values);
    else if (one.type === 'union') compareBranches(path, one, two);
  }

  function compareFields(path: string, one: Node, two: Node): void {
    const at = (field: Field) => (path ? `${path}.${field.name}` : field.name);
    for (const field of two.fields!) {
      const before = one.fields!.find(({ name }) => name === field.name);
      if (before) compare(at(field), before.type, field.type);
      else if (field.default === undefined)
        problems.push(
          `${at(field)} is new in ${v2} and has no default, so readers of ${v2} cannot read events of ${v1}: give it a default.`,
        );
    }
    for (const field of one.fields!)
      if (field.default === undefined && !two.fields!.some(({ name }) => name === field.name))
        problems.push(
          `${at(field)} is gone in ${v2} and has no default in ${v1}, so readers of ${v1} cannot read events of ${v2}: keep it.`,
        );
  }

  function compareSymbols(path: string, one: Node, two: Node): void {
    const added = two.symbols!.find((symbol) => !one.symbols!.includes(symbol));
    const removed = one.symbols!.find((symbol) => !two.symbols!.includes(symbol));
    if (added !== undefined && one.default === undefined)
      problems.push(
        `${path} can be ${added} in ${v2}, which readers of ${v1} do not know, and the enum has no default there: leave it, and add a field of another name with a default.`,
      );
    if (removed !== undefined && two.default === undefined)
      problems.push(
        `${path} can be ${removed} in ${v1}, which readers of ${v2} do not know: keep the symbol, or give the enum a default.`,
      );
  }

  /** Null and one other type are the common case; there the difference can be named. */
  function compareBranches(path: string, one: Node, two: Node): void {
    const [before, after] = [one, two].map(({ branches }) => branches!.filter((branch) => branch !== 'null'));
    const isNullable = one.branches!.length === 2 && two.branches!.length === 2;
    if (isNullable && before!.length === 1 && after!.length === 1)
      return compare(path, before![0], after![0]);
    compareTypes(path, one, two);
    for (const branch of before!) {
      const same = after!.find((other) => nameOf(other) === nameOf(branch));
      if (same !== undefined) compare(path, branch, same);
    }
  }

  function compareTypes(path: string, one: Node, two: Node): void {
    const broken = [
      !reads(one, oldTypes, two, newTypes) && `readers of ${v1} cannot read events of ${v2}`,
      !reads(two, newTypes, one, oldTypes) && `readers of ${v2} cannot read events of ${v1}`,
    ].filter(Boolean);
    if (broken.length > 0)
      problems.push(
        `${path || 'the record'} is ${describe(two)} in ${v2} and ${describe(one)} in ${v1}, so ${broken.join(' and ')}: leave it, and add a field of another name with a default.`,
      );
  }
}

/** What only those who read find out: the readers themselves are made, as for records from a topic. */
function unreadable(older: SchemaVersion, newer: SchemaVersion): string[] {
  const read = (reader: SchemaVersion, writer: SchemaVersion) => {
    try {
      readerOf(avroType(reader.schema), writerType(writer.schema));
      return [];
    } catch (error) {
      const { message } = error as Error;
      return `${writer.version} is not what readers of ${reader.version} can read: ${message}.`;
    }
  };
  return [read(older, newer), read(newer, older)].flat();
}

/** A schema with its references resolved, one level deep; logical types count as what they are written as. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly fields?: readonly Field[];
  readonly symbols?: readonly string[];
  readonly default?: unknown;
  readonly items?: unknown;
  readonly values?: unknown;
  readonly branches?: readonly unknown[];
}

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
}

type Types = ReadonlyMap<string, Node>;

function resolve(schema: unknown, types: Types): Node {
  if (typeof schema === 'string') return types.get(shortName(schema)) ?? { type: schema };
  if (Array.isArray(schema)) return { type: 'union', branches: schema };
  const { type } = schema as { type: unknown };
  return typeof type === 'string' && !types.has(type) ? (schema as Node) : resolve(type, types);
}

/** The records and enums that are declared in `schema`, by name. */
function namedTypes(schema: unknown, types = new Map<string, Node>()): Map<string, Node> {
  if (Array.isArray(schema)) for (const branch of schema) namedTypes(branch, types);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return types;
  const { type, name, fields = [], items, values } = schema as Node;
  if (name !== undefined) types.set(shortName(name), schema as Node);
  for (const inner of [type, items, values, ...fields.map((field) => field.type)]) namedTypes(inner, types);
  return types;
}

const shortName = (name: string) => name.slice(name.lastIndexOf('.') + 1);

/** What Avro reads as something wider. */
const promotions: Record<string, readonly string[]> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

function reads(reader: Node, readerTypes: Types, writer: Node, writerTypes: Types): boolean {
  const each = (one: unknown, other: unknown) =>
    reads(resolve(one, readerTypes), readerTypes, resolve(other, writerTypes), writerTypes);
  if (writer.branches) return writer.branches.every((branch) => each(reader.branches ?? reader, branch));
  if (reader.branches) return reader.branches.some((branch) => each(branch, writer));
  if (reader.type !== writer.type) return promotions[writer.type]?.includes(reader.type) ?? false;
  if (reader.type === 'array') return each(reader.items, writer.items);
  if (reader.type === 'map') return each(reader.values, writer.values);
  return reader.name === writer.name;
}

function describe({ type, name, branches }: Node): string {
  if (name !== undefined) return name;
  if (branches) return branches.map((branch) => nameOf(branch)).join(' or ');
  return type;
}

function nameOf(schema: unknown): string {
  if (typeof schema === 'string') return shortName(schema);
  const { name, type } = schema as Node;
  return name ?? type;
}
