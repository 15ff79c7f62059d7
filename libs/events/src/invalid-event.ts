import { isDate } from 'node:util/types';
import type avsc from 'avsc';

/** Event data that does not fit its schema. Nothing was published; fix the data at its author. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
  readonly code = 'INVALID_EVENT';
  /** Full name of the event, `shop.OrderPlaced`. */
  readonly type: string;
  /** One sentence a field: its path, what it must be, what it is. */
  readonly problems: readonly string[];

  constructor(type: string, avro: avsc.Type, data: unknown) {
    const problems: string[] = [];
    avro.isValid(data, {
      errorHook: (path, value, expected) =>
        problems.push(`${pathOf(path)} must be ${expectation(expected)}, but is ${kindOf(value)}`),
    });
    super(`${type} is invalid: ${problems.join('; ')}.`);
    this.type = type;
    this.problems = problems;
  }
}

const pathOf = (path: string[]) =>
  path.map((step, depth) => (/^\d+$/.test(step) ? `[${step}]` : depth ? `.${step}` : step)).join('') ||
  'data';

const expectations: Record<string, string> = {
  null: 'null',
  boolean: 'true or false',
  int: 'an integer of 32 bits',
  'abstract:long': 'a bigint of 64 bits',
  float: 'a number',
  double: 'a number',
  string: 'a string',
  bytes: 'a Buffer',
  array: 'an array',
  map: 'an object',
  record: 'an object',
  'logical:uuid': 'a UUID',
  'logical:timestamp-millis': 'a valid Date',
};

function expectation(type: avsc.Type): string {
  const { symbols, types } = type as { symbols?: string[]; types?: avsc.Type[] };
  if (symbols) return `one of ${symbols.join(', ')}`;
  if (types) return types.map(expectation).join(' or ');
  return expectations[type.typeName] ?? type.typeName;
}

// Names the kind of the value and never the value: it may be personal data, and messages end up in logs.
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date';
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'another string';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${String(value)}`;
}
