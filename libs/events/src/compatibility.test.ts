import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AvroSchema, avroType } from './avro.ts';
import { incompatibilities } from './compatibility.ts';
import { readerOf, writerType } from './reader.ts';

const record = (...fields: object[]): AvroSchema => ({
  type: 'record',
  namespace: 'shop',
  name: 'OrderPlaced',
  fields: [{ name: 'orderId', type: 'string' }, ...fields],
});
const between = (older: AvroSchema, newer: AvroSchema) =>
  incompatibilities([{ version: 'v1', schema: older }], { version: 'v2', schema: newer });

const note = { name: 'note', type: 'string' };
const nested = (...fields: object[]) => ({ type: 'record', name: 'Line', fields });
const size = (symbols: string[], more: object = {}) => ({
  name: 'size',
  type: { type: 'enum', name: 'Size', symbols, ...more },
});

test.each([
  [
    'a new field without a default',
    record(),
    record(note),
    'note is new in v2 and has no default, so readers of v2 cannot read events of v1: give it a default.',
  ],
  [
    'a field that is gone',
    record(note),
    record(),
    'note is gone in v2 and has no default in v1, so readers of v1 cannot read events of v2: keep it.',
  ],
  [
    'another type',
    record(note),
    record({ name: 'note', type: 'int' }),
    'note is int in v2 and string in v1, so readers of v1 cannot read events of v2 and readers of v2 cannot read events of v1: leave it, and add a field of another name with a default.',
  ],
  [
    'a wider type',
    record({ name: 'count', type: 'int' }),
    record({ name: 'count', type: 'long' }),
    'count is long in v2 and int in v1, so readers of v1 cannot read events of v2: leave it, and add a field of another name with a default.',
  ],
  [
    'a field that may be null now',
    record(note),
    record({ name: 'note', type: ['null', 'string'] }),
    'note is null or string in v2 and string in v1, so readers of v1 cannot read events of v2: leave it, and add a field of another name with a default.',
  ],
  [
    'a type of another name',
    record({ name: 'line', type: nested(note) }),
    record({ name: 'line', type: { ...nested(note), name: 'Item' } }),
    'line is Item in v2 and Line in v1, so readers of v1 cannot read events of v2 and readers of v2 cannot read events of v1: leave it, and add a field of another name with a default.',
  ],
  [
    'a new symbol',
    record(size(['Small'])),
    record(size(['Small', 'Large'])),
    'size can be Large in v2, which readers of v1 do not know, and the enum has no default there: leave it, and add a field of another name with a default.',
  ],
  [
    'a symbol that is gone',
    record(size(['Small', 'Large'])),
    record(size(['Small'])),
    'size can be Large in v1, which readers of v2 do not know: keep the symbol, or give the enum a default.',
  ],
])('%s is told with the field, who cannot read what, and the way out', (_, older, newer, sentence) => {
  expect(between(older, newer)).toEqual([sentence]);
});

test.each([
  ['lists', 'lines[].note', (line: object) => ({ type: 'array', items: line })],
  ['maps', 'lines{}.note', (line: object) => ({ type: 'map', values: line })],
  ['what may be null', 'lines.note', (line: object) => ['null', line]],
  ['unions', 'lines.note', (line: object) => ['null', 'string', line]],
])('a field within %s is named by its path', (_, path, within) => {
  const lines = (line: object) => record({ name: 'lines', type: within(line) });
  expect(between(lines(nested()), lines(nested(note)))).toEqual([
    expect.stringContaining(`${path} is new in v2`),
  ]);
});

test('a type that several fields share is told once', () => {
  const both = (line: object) => record({ name: 'first', type: line }, { name: 'last', type: 'Line' });
  expect(between(both(nested()), both(nested(note)))).toEqual([
    expect.stringContaining('first.note is new in v2'),
  ]);
});

test.each([
  [
    'fields with a default come and go',
    record({ ...note, default: '' }),
    record({ ...size(['A']), default: 'A' }),
  ],
  [
    'an enum with a default grows',
    record(size(['A'], { default: 'A' })),
    record(size(['A', 'B'], { default: 'A' })),
  ],
  [
    'a string becomes a uuid',
    record(note),
    record({ ...note, type: { type: 'string', logicalType: 'uuid' } }),
  ],
])('nobody minds that %s', (_, older, newer) => {
  expect(between(older, newer)).toEqual([]);
});

test('it finds what Avro finds, whatever the schemas', () => {
  const simple = fc.constantFrom('null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes');
  const { type } = fc.letrec<{ type: unknown }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 2 },
      simple,
      fc.record({ type: fc.constant('array'), items: tie('type') }),
      fc.record({ type: fc.constant('map'), values: tie('type') }),
      fc.uniqueArray(fc.constantFrom('null', 'int', 'string', 'boolean'), { minLength: 1, maxLength: 3 }),
    ),
  }));
  const field = fc.oneof(
    fc.record({ name: fc.constantFrom('a', 'b'), type }),
    fc.record({ name: fc.constantFrom('a', 'b'), type: fc.constant('int'), default: fc.constant(1) }),
    fc
      .record({ symbols: fc.subarray(['A', 'B', 'C'], { minLength: 1 }), hasDefault: fc.boolean() })
      .map(({ symbols, hasDefault }) => size(symbols, hasDefault ? { default: symbols[0] } : {})),
  );
  const fields = fc.uniqueArray(field, { selector: ({ name }) => name, maxLength: 3 });
  fc.assert(
    fc.property(fields, fields, (before, after) => {
      const [older, newer] = [record(...before), record(...after)];
      expect(between(older, newer).length === 0).toBe(canRead(older, newer) && canRead(newer, older));
    }),
    { numRuns: 300 },
  );
});

function canRead(reader: AvroSchema, writer: AvroSchema): boolean {
  try {
    avroType(reader).createResolver(avroType(writer));
    return true;
  } catch {
    return false;
  }
}

const address = (more: object) => ({
  name: 'address',
  type: { type: 'record', name: 'Address', fields: [note, size(['SMALL'])], ...more },
});

test('a type within an event may move to another namespace, and is read from there', () => {
  const versions = [record(address({})), record(address({ namespace: 'shop.places' }))];
  expect(between(versions[0]!, versions[1]!)).toEqual([]);
  const data = { orderId: '1', address: { note: 'hi', size: 'SMALL' } };
  for (const reader of versions)
    for (const writer of versions) {
      const read = readerOf(avroType(reader), writerType(writer));
      expect(read(avroType(writer).toBuffer(data))).toEqual(data);
    }
});

test.each<[string, AvroSchema, AvroSchema, string]>([
  [
    'the event itself has another namespace',
    record(),
    { ...record(), namespace: 'store' },
    'v2 is not what readers of v1 can read: it is a store.OrderPlaced, not a shop.OrderPlaced.',
  ],
  [
    'two old fields are one',
    record({ ...note, default: '' }, { name: 'remark', type: 'string', default: '' }),
    record({ ...note, aliases: ['remark'], default: '' }),
    "v1 is not what readers of v2 can read: ambiguous aliasing for shop.OrderPlaced.note ([ 'note', 'remark' ]).",
  ],
])('what only a reader finds out is found out: %s', (_, older, newer, sentence) => {
  expect(between(older, newer)).toContain(sentence);
});
