import { isDate } from 'node:util/types';
import type avsc from 'avsc';
import { isKey } from './strict-types.ts';

/** Event data that does not fit its schema. Nothing was published; fix the data at its author. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
  readonly code = 'INVALID_EVENT';
  /** Full name of the event, `shop.OrderPlaced`. */
  readonly type: string;
  /** One sentence a field: its path, what it must be, what it is. */
  readonly problems: readonly string[];

  constructor(type: string, problems: readonly string[]) {
    super(`${type} is invalid: ${problems.join('; ')}.`);
    this.type = type;
    this.problems = problems;
  }
}

/** What is wrong with `data`: one sentence a field. */
export function problemsOf(avro: avsc.Type, data: unknown): string[] {
  const problems: string[] = [];
  avro.isValid(data, {
    errorHook: (path, value, expected) =>
      problems.push(`${pathOf(path)} must be ${expectation(expected)}, but is ${kindOf(value)}`),
  });
  return problems;
}

const pathOf = (path: string[]) =>
  path.map((step, depth) => (/^\d+$/.test(step) ? `[${step}]` : depth ? `.${step}` : step)).join('') ||
  'data';

const expectations: Record<string, string> = {
  null: 'null',
  boolean: 'true or false',
  int: 'an integer of 32 bits',
  'abstract:long': 'a bigint of 64 bits',
  float: 'a number of 32 bits',
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
  if (typeof value === 'string') return kindOfText(value);
  if (typeof value === 'object')
    return Object.keys(value).every(isKey) ? 'an object' : 'an object with a key that nobody can read';
  return `the ${typeof value} ${String(value)}`;
}

export function kindOfText(text: string): string {
  if (text === '') return 'an empty string';
  if (!text.isWellFormed()) return 'a string with half of a surrogate pair';
  return text.includes('\0') ? 'a string with a zero character' : 'another string';
}
