/**
 * What would go wrong: an event is made, committed and sent, and then nobody can read it, its author included; or it is
 * read as something else than what was written. What no reader can take has to fail where it is made.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AvroSchema, avroType } from './avro.ts';
import { defineEvent, InvalidEvent } from './index.ts';
import { readerOf, writerType } from './reader.ts';

const schemaOf = (type: unknown): AvroSchema => ({
  type: 'record',
  namespace: 'test',
  name: 'Noted',
  fields: [
    { name: 'key', type: 'string' },
    { name: 'a', type },
  ],
});
const noted = (type: unknown) =>
  defineEvent<{ key: string; a: unknown }>({
    topic: 'test.notes',
    key: 'key',
    version: 1,
    schema: schemaOf(type),
  });

function problemsOf(type: unknown, a: unknown, key = 'k'): readonly string[] {
  try {
    noted(type)({ key, a });
  } catch (error) {
    if (error instanceof InvalidEvent) return error.problems;
    throw error;
  }
  return [];
}

const size = { type: 'enum', name: 'Size', symbols: ['SMALL'] };

test.each<[string, unknown, unknown, string]>([
  [
    'half a character',
    'string',
    'a\ud83d',
    'a must be a string, but is a string with half of a surrogate pair',
  ],
  ['the other half', 'string', '\ude00', 'a must be a string, but is a string with half of a surrogate pair'],
  ['a zero character', 'string', 'a\0', 'a must be a string, but is a string with a zero character'],
  [
    'half a character in a list',
    { type: 'array', items: 'string' },
    ['', '\ud83d'],
    'a[1] must be a string, but is a string with half of a surrogate pair',
  ],
  [
    'half a character in a map',
    { type: 'map', values: 'string' },
    { x: '\ud83d' },
    'a.x must be a string, but is a string with half of a surrogate pair',
  ],
  [
    'half a character as a key of a map',
    { type: 'map', values: 'int' },
    { '\ud83d': 1 },
    'a must be an object, but is an object with a key that nobody can read',
  ],
  [
    '__proto__ as a key of a map',
    { type: 'map', values: 'int' },
    JSON.parse('{"__proto__":1}'),
    'a must be an object, but is an object with a key that nobody can read',
  ],
  [
    'half a character where null may be',
    ['null', 'string'],
    '\ud83d',
    'a must be a string, but is a string with half of a surrogate pair',
  ],
  ['a symbol that every object has', size, 'constructor', 'a must be one of SMALL, but is another string'],
  ['a symbol in a list', size, ['SMALL'], 'a must be one of SMALL, but is an array'],
  ['no number', 'double', NaN, 'a must be a number, but is the number NaN'],
  [
    'a number of more than 32 bits',
    'float',
    1e39,
    `a must be a number of 32 bits, but is the number ${1e39}`,
  ],
  [
    'an integer of more than 32 bits',
    'int',
    2 ** 31,
    `a must be an integer of 32 bits, but is the number ${2 ** 31}`,
  ],
  [
    'a number where a bigint is expected',
    'long',
    2 ** 53,
    `a must be a bigint of 64 bits, but is the number ${2 ** 53}`,
  ],
  [
    'a time beyond all that can be kept',
    { type: 'long', logicalType: 'timestamp-millis' },
    new Date(8.64e15),
    'a must be a valid Date, but is a Date',
  ],
])('%s is refused where the event is made', (_, type, value, problem) => {
  expect(problemsOf(type, value)).toEqual([problem]);
});

test.each([
  ['empty', '', 'key, the key, must be a string with a character'],
  ['half a character', '\ud83d', 'key must be a string, but is a string with half of a surrogate pair'],
  ['a zero character', 'a\0b', 'key must be a string, but is a string with a zero character'],
])('a key that is %s is refused where the event is made', (_, key, problem) => {
  expect(problemsOf('int', 1, key)).toEqual([problem]);
});

const everyObjectHas = [...Object.getOwnPropertyNames(Object.prototype)];

describe.each(everyObjectHas)('the name %s', (name) => {
  const sentence = `${name} is a name that every JavaScript object has already`;

  test.each<[string, unknown]>([
    ['a record', { type: 'record', name, fields: [] }],
    ['a field', { type: 'record', name: 'Note', fields: [{ name, type: 'int' }] }],
    ['an enum', { type: 'enum', name, symbols: ['A'] }],
    ['a symbol', { type: 'enum', name: 'Kind', symbols: [name] }],
    [
      'a type in a list that may be null',
      ['null', { type: 'array', items: { type: 'record', name, fields: [] } }],
    ],
  ])('of %s is refused where the event is defined', (_, type) => {
    expect(() => noted(type)).toThrow(sentence);
  });

  test('as text and as the key of a map is like any other', () => {
    if (name === '__proto__') return;
    const type = { type: 'map', values: 'string' };
    const { data } = noted(type)({ key: name, a: { [name]: name } });
    const schema = schemaOf(type);
    const read = readerOf(avroType(schema), writerType(schema));
    expect(read(avroType(schema).toBuffer(data))).toEqual(data);
  });
});

/** Any schema of a few types, and with it any value, whether it fits or not. */
const schemas = fc.letrec<{ type: { schema: any; value: fc.Arbitrary<any> } }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(
      { schema: 'null', value: fc.constant(null) },
      { schema: 'boolean', value: fc.boolean() },
      { schema: 'int', value: fc.integer().map((n) => n | 0) },
      { schema: 'long', value: fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }) },
      { schema: 'float', value: fc.float() },
      { schema: 'double', value: fc.double() },
      { schema: 'string', value: fc.string({ unit: 'binary' }) },
      { schema: 'string', value: fc.constantFrom('a\ud83d', '\ude00b', '\0', '') },
      { schema: 'bytes', value: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
      { schema: { type: 'string', logicalType: 'uuid' }, value: fc.uuid() },
      { schema: { type: 'long', logicalType: 'timestamp-millis' }, value: fc.date() },
    ),
    tie('type').map(({ schema, value }) => ({
      schema: { type: 'array', items: schema },
      value: fc.array(value, { maxLength: 4 }),
    })),
    tie('type').map(({ schema, value }) => ({
      schema: { type: 'map', values: schema },
      value: fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '\ud83d')),
        value,
        { maxKeys: 4 },
      ),
    })),
    fc.tuple(tie('type'), tie('type')).map(([one, other]) => ({
      schema: {
        type: 'record',
        name: 'Inner',
        fields: [
          { name: 'one', type: one.schema },
          { name: 'other', type: other.schema },
        ],
      },
      value: fc.record({ one: one.value, other: other.value }),
    })),
    fc.constantFrom('A', 'toString', 'B').map((symbol) => ({
      schema: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] },
      value: fc.constant(symbol),
    })),
  ),
}));

/** Types have a name once. */
function named(schema: any, next = { n: 0 }): any {
  if (Array.isArray(schema) || typeof schema !== 'object') return schema;
  const { name, fields, items, values } = schema;
  return {
    ...schema,
    ...(name && { name: `${name}${next.n++}` }),
    ...(items && { items: named(items, next) }),
    ...(values && { values: named(values, next) }),
    ...(fields && { fields: fields.map((field: any) => ({ ...field, type: named(field.type, next) })) }),
  };
}

test('whatever an event is made of is read as it was: or it is refused where it is made', () => {
  let made = 0;
  fc.assert(
    fc.property(
      schemas.type.chain(({ schema, value }) => fc.tuple(fc.constant(named(schema)), value)),
      fc.string({ unit: 'binary' }),
      ([type, a], key) => {
        const event = noted(type);
        let data: { key: string; a: unknown };
        try {
          ({ data } = event({ key, a }));
        } catch (error) {
          if (error instanceof InvalidEvent) return;
          throw error;
        }
        made++;
        const read = readerOf(event.avro, writerType(event.schema));
        expect(positive(read(event.avro.toBuffer(data)))).toEqual(positive({ key, a }));
      },
    ),
    { numRuns: 500 },
  );
  expect(made).toBeGreaterThan(50);
});

/** Without -0, which an int does not have, and in the precision of a float. */
function positive(value: unknown): unknown {
  if (typeof value === 'number') return Math.fround(value) + 0;
  if (Buffer.isBuffer(value) || value instanceof Date || typeof value !== 'object' || value === null)
    return value;
  if (Array.isArray(value)) return value.map(positive);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, positive(one)]));
}
