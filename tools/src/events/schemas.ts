import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The Avro that events are written in; rules.ts rejects the rest. */
export type Schema = string | Schema[] | RecordSchema | EnumSchema | OtherSchema;

/** A record: an event itself, or a type within it. */
export interface RecordSchema {
  type: 'record';
  namespace?: string;
  name: string;
  doc?: string;
  fields: Field[];
}

/** An enumeration, by the names of its symbols. */
export interface EnumSchema {
  type: 'enum';
  name: string;
  doc?: string;
  symbols: string[];
}

/** A type without a name: `items` are those of an array, `values` those of a map. */
export interface OtherSchema {
  type: 'array' | 'map' | 'string' | 'long';
  logicalType?: string;
  items?: Schema;
  values?: Schema;
}

/** A field of a record; its `default` is what readers get where the writer had no such field. */
export interface Field {
  name: string;
  type: Schema;
  doc?: string;
  default?: unknown;
  /** Personal data: names, addresses and the like. */
  pii?: boolean;
}

/** One file of `schemas/`: one version of one event. */
export interface EventSchema {
  /** `schemas/shop/order-placed/v1.avsc`. */
  readonly path: string;
  /** `shop`: the folder of the service that publishes it. */
  readonly owner: string;
  /** `order-placed`. */
  readonly folder: string;
  /** 1, from `v1.avsc`. */
  readonly version: number;
  readonly schema: RecordSchema & { topic: string; key: string };
}

/**
 * Reads `schemas/<owner>/<event>/v<N>.avsc` below `root`, by owner, event and version.
 * Throws on a file that is no JSON or has another name.
 */
export function readSchemas(root: string): EventSchema[] {
  return folders(root, 'schemas')
    .flatMap((owner) => folders(root, `schemas/${owner}`).map((folder) => ({ owner, folder })))
    .flatMap(({ owner, folder }) =>
      readdirSync(join(root, 'schemas', owner, folder))
        .map((file) => readSchema(root, owner, folder, file))
        .sort((one, other) => one.version - other.version),
    );
}

/** The newest version of each event, in the order of {@link readSchemas}. */
export function newest(schemas: readonly EventSchema[]): EventSchema[] {
  return schemas.filter(({ owner, folder }, index) => {
    const next = schemas[index + 1];
    return next?.owner !== owner || next.folder !== folder;
  });
}

/** `shop.OrderPlaced`. */
export const fullName = ({ schema }: EventSchema): string => `${schema.namespace}.${schema.name}`;

/** The names of the folders in `path` below `root`. */
export function folders(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readSchema(root: string, owner: string, folder: string, file: string): EventSchema {
  const path = `schemas/${owner}/${folder}/${file}`;
  const version = Number(/^v([1-9]\d*)\.avsc$/.exec(file)?.[1]);
  if (!version) throw new Error(`${path}: name the file v1.avsc, v2.avsc, …`);
  try {
    return { path, owner, folder, version, schema: JSON.parse(readFileSync(join(root, path), 'utf8')) };
  } catch (cause) {
    throw new Error(`${path}: is no JSON (${(cause as Error).message}).`, { cause });
  }
}

/** The records and enums declared in `schema`, itself included, outermost first. */
export function declarations(schema: Schema): (RecordSchema | EnumSchema)[] {
  if (typeof schema === 'string') return [];
  if (Array.isArray(schema)) return schema.flatMap(declarations);
  if (schema.type === 'enum') return [schema as EnumSchema];
  if (schema.type === 'record')
    return [
      schema as RecordSchema,
      ...(schema as RecordSchema).fields.flatMap((field) => declarations(field.type)),
    ];
  const { items, values } = schema as OtherSchema;
  return declarations(items ?? values ?? []);
}

/** The logical type of `schema`, also where null is one of two. */
export function logicalTypeOf(schema: Schema): string | undefined {
  if (typeof schema === 'string') return undefined;
  if (!Array.isArray(schema)) return (schema as OtherSchema).logicalType;
  const [branch, ...others] = schema.filter((branch) => branch !== 'null');
  return branch !== undefined && others.length === 0 ? logicalTypeOf(branch) : undefined;
}
