/**
 * What would go wrong: a few bytes claim a length or a count that nothing backs, the decoder believes them, and one
 * record takes the memory, the time or the stack of the process that reads it, which ends, starts, and reads it again.
 */
import { expect, test } from '@jest/globals';
import avsc from 'avsc';
import { type AvroSchema, avroType } from './avro.ts';
import { measurerOf } from './measure.ts';
import { readerOf } from './reader.ts';

const record = (...fields: object[]): AvroSchema => ({
  type: 'record',
  namespace: 'test',
  name: 'Fact',
  fields,
});
const fact = (type: unknown) => record({ name: 'a', type });
const empty = { type: 'record', name: 'Nothing', fields: [] };
const tree = (leaf: string) => {
  const next = ['null', 'Node'];
  return {
    type: 'record',
    name: 'Node',
    fields: [{ name: 'next', type: next }, ...(leaf ? [{ name: 'leaf', type: leaf }] : [])],
  };
};

/** A number as Avro writes it. */
function long(value: bigint): number[] {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const billions = long(2_000_000_000n);
const most = long(2n ** 63n - 1n);
const least = long(-(2n ** 63n));

const read = (schema: AvroSchema, bytes: number[]) =>
  readerOf(avroType(schema), avsc.Type.forSchema(schema as unknown as avsc.Schema))(Buffer.from(bytes));

test.each<[string, unknown, number[]]>([
  ['an array of two billion strings', { type: 'array', items: 'string' }, billions],
  ['an array of two billion nulls', { type: 'array', items: 'null' }, [...billions, 0]],
  ['an array of two billion empty records', { type: 'array', items: empty }, [...billions, 0]],
  [
    'an array of two billion fixed values of no bytes',
    { type: 'array', items: { type: 'fixed', name: 'F', size: 0 } },
    billions,
  ],
  ['an array of arrays', { type: 'array', items: { type: 'array', items: 'int' } }, [2, ...billions]],
  ['a map of two billion entries', { type: 'map', values: 'null' }, billions],
  ['a count of 63 bits', { type: 'array', items: 'int' }, most],
  ['a negative count of 64 bits', { type: 'array', items: 'null' }, [...least, ...long(0n)]],
  [
    'a negative count and a size that nothing backs',
    { type: 'array', items: 'int' },
    [...long(-1n), ...billions, 2, 0],
  ],
  [
    'a negative count and a size that goes backwards',
    { type: 'array', items: 'int' },
    [...long(-1n), ...long(-3n), 2, 0],
  ],
  [
    'a block of another size than it says',
    { type: 'array', items: 'int' },
    [...long(-1n), ...long(2n), 2, 0],
  ],
  [
    'two billion nulls in a block of no bytes',
    { type: 'array', items: 'null' },
    [...long(-2_000_000_000n), 0, 0],
  ],
  ['a string of two gigabytes', 'string', billions],
  ['a string of a negative length', 'string', long(-5n)],
  ['bytes of 2^63 bytes', 'bytes', most],
  ['a fixed value of two gigabytes', { type: 'fixed', name: 'F', size: 2_000_000_000 }, [1, 2, 3]],
  ['a number that never ends', 'long', Array(50).fill(0xff)],
  ['a length that never ends', 'string', Array(50).fill(0xff)],
  ['a branch that there is not', ['null', 'string'], [4]],
  ['a branch below the first', ['null', 'string'], [1]],
  ['a symbol that there is not', { type: 'enum', name: 'E', symbols: ['A'] }, [2]],
  ['nested deeper than any event', tree(''), Array(100_000).fill(2)],
  [
    'a few bytes that are many values',
    {
      type: 'array',
      items: {
        type: 'record',
        name: 'Wide',
        fields: Array.from({ length: 300 }, (_, n) => ({ name: `f${n}`, type: 'null' })).concat({
          name: 'b',
          type: 'boolean',
        } as never),
      },
    },
    [...long(20_000n), ...Array(20_000).fill(0), 0],
  ],
])('%s: refused before anything is made of it', (_, type, bytes) => {
  const before = process.memoryUsage().rss;
  expect(() => read(fact(type), bytes)).toThrow();
  expect(process.memoryUsage().rss - before).toBeLessThan(20 * 2 ** 20);
});

test('a field that the reader does not have is measured, too', () => {
  const writer = record({ name: 'n', type: 'int' }, { name: 'more', type: { type: 'array', items: 'null' } });
  const reader = avroType(record({ name: 'n', type: 'int' }));
  const decode = readerOf(reader, avsc.Type.forSchema(writer as unknown as avsc.Schema));
  expect(decode(Buffer.from([2, 0]))).toEqual({ n: 1 });
  expect(() => decode(Buffer.from([2, ...billions, 0]))).toThrow('maxValues');
});

test('types that name each other make no more work than their bytes', () => {
  let doubling: unknown = { type: 'record', name: 'R0', fields: [] };
  for (let n = 1; n < 60; n++)
    doubling = {
      type: 'record',
      name: `R${n}`,
      fields: [
        { name: 'a', type: doubling },
        { name: 'b', type: `R${n - 1}` },
      ],
    };
  expect(() => read(fact(doubling), [])).toThrow('maxValues');
  expect(() => read(fact({ type: 'array', items: doubling }), [2])).toThrow('maxValues');
});

test.each<[string, unknown, unknown]>([
  ['an array', { type: 'array', items: 'int' }, [1, 2, 3]],
  ['an empty array', { type: 'array', items: 'int' }, []],
  ['nulls', { type: 'array', items: 'null' }, [null, null]],
  ['a map', { type: 'map', values: 'string' }, { a: 'b', constructor: 'c', toString: 'd' }],
  ['a tree', tree('int'), { next: { next: null, leaf: 2 }, leaf: 1 }],
])('what is as it says is read: %s', (_, type, value) => {
  const schema = fact(type);
  expect(read(schema, [...avroType(schema).toBuffer({ a: value })])).toEqual({ a: value });
});

test('blocks that say their size are read', () => {
  const bytes = [...long(-2n), ...long(2n), 2, 4, ...long(1n), 6, 0];
  expect(read(fact({ type: 'array', items: 'int' }), bytes)).toEqual({ a: [1, 2, 3] });
});

test('limits are those that are set', () => {
  const type = avsc.Type.forSchema({ type: 'array', items: 'null' });
  const bytes = Buffer.from([...long(5n), 0]);
  expect(() => measurerOf(type, { maxValues: 4, maxDepth: 64 })(bytes)).toThrow(
    'more values than maxValues, 4',
  );
  expect(() => measurerOf(type, { maxValues: 5, maxDepth: 0 })(bytes)).toThrow(
    'nested deeper than maxDepth, 0',
  );
  expect(() => measurerOf(type, { maxValues: 5, maxDepth: 1 })(bytes)).not.toThrow();
});

test('a map with the key __proto__, which an object would lose, is refused', () => {
  const bytes = [2, 18, ...Buffer.from('__proto__'), 2, 120, 0];
  expect(() => read(fact({ type: 'map', values: 'string' }), bytes)).toThrow('__proto__');
});
