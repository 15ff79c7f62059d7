import { describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import fc from 'fast-check';
import { type AvroSchema, avroType } from './avro.ts';
import { allEvents, UserRegistered } from './index.ts';

const latest = new Date(2 ** 52 - 1);
const earliest = new Date(1 - 2 ** 52);

type Declared = Map<string, fc.Arbitrary<unknown>>;

/** Any data that `schema` allows. */
function dataOf(schema: any, declared: Declared = new Map()): fc.Arbitrary<any> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map((branch) => dataOf(branch, declared)));
  switch (schema.logicalType ?? schema.type ?? schema) {
    case 'null':
      return fc.constant(null);
    case 'int':
      return fc.integer();
    case 'long':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'double':
      return fc.double({ noNaN: true });
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'uuid':
      return fc.uuid();
    case 'timestamp-millis':
      return fc.date({ noInvalidDate: true, min: earliest, max: latest });
    case 'array':
      return fc.array(dataOf(schema.items, declared), { maxLength: 5 });
    case 'enum':
      return fc.constantFrom(...schema.symbols);
    case 'record': {
      const fields = schema.fields.map((field: any) => [field.name, dataOf(field.type, declared)]);
      declared.set(schema.name, fc.record(Object.fromEntries(fields)));
    }
  }
  return declared.get(schema.name ?? schema)!;
}

const record = (...fields: object[]): AvroSchema => ({
  type: 'record',
  namespace: 'test',
  name: 'Fact',
  fields,
});
const amount = { name: 'amount', type: 'long' };
const at = { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } };
const id = { name: 'id', type: { type: 'string', logicalType: 'uuid' } };

describe.each(allEvents.map((event) => [event.type, event] as const))('%s', (_type, event) => {
  test('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(dataOf(event.schema), (data) => {
        expect(event.avro.fromBuffer(event.avro.toBuffer(event(data).data))).toEqual(data);
      }),
    );
  });
});

test('a long is never rounded', () => {
  const avro = avroType(record(amount));

  for (const amount of [2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 0n, -1n])
    expect(avro.fromBuffer(avro.toBuffer({ amount }))).toEqual({ amount });
});

test('a time too far away to be kept to the millisecond is refused', () => {
  const avro = avroType(record(at));

  for (const at of [earliest, latest]) expect(avro.fromBuffer(avro.toBuffer({ at }))).toEqual({ at });
  for (const at of [2 ** 52, -(2 ** 52)]) expect(avro.isValid({ at: new Date(at) })).toBe(false);
});

test('the bytes are those of any Avro implementation', () => {
  const schema = record(amount, at, id);
  const [amounts, uuid] = [1999, '01890a5d-ac96-774b-bcce-b302099a8057'];
  const bytes = avroType(schema).toBuffer({ amount: BigInt(amounts), at: new Date(86_400_000), id: uuid });

  const plain = avsc.Type.forSchema(schema as unknown as avsc.Schema);
  expect(plain.fromBuffer(bytes)).toEqual({ amount: amounts, at: 86_400_000, id: uuid });
});

test('a reader reads what was written with the version before and after its own', () => {
  const older = avroType(record(amount, at, id));
  const newer = avroType(record(amount, at, id, { name: 'note', type: ['null', 'string'], default: null }));
  const fact = { amount: 5n, at: new Date(1), id: '01890a5d-ac96-774b-bcce-b302099a8057' };

  const upgraded = newer.fromBuffer(older.toBuffer(fact), newer.createResolver(older));
  const downgraded = older.fromBuffer(newer.toBuffer({ ...fact, note: 'new' }), older.createResolver(newer));

  expect(upgraded).toEqual({ ...fact, note: null });
  expect(downgraded).toEqual(fact);
});

test('a reader reads what a registry client compiled without our types', () => {
  const reader = avroType(record(amount, at, id));
  const writer = avsc.Type.forSchema(record(amount, at, id) as unknown as avsc.Schema);
  const fact = { amount: 2n ** 60n + 1n, at: new Date(1), id: '01890a5d-ac96-774b-bcce-b302099a8057' };

  expect(reader.fromBuffer(reader.toBuffer(fact), reader.createResolver(writer))).toEqual(fact);
});

test('a reader gives a meaning to what was written without one', () => {
  const writer = avroType(record({ name: 'at', type: 'long' }, { name: 'id', type: 'string' }));
  const reader = avroType(record(at, id));
  const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';

  const bytes = writer.toBuffer({ at: 86_400_000n, id: uuid });
  expect(reader.fromBuffer(bytes, reader.createResolver(writer))).toEqual({
    at: new Date(86_400_000),
    id: uuid,
  });
});

test('a union of types that cannot be told apart is refused', () => {
  const ambiguous = record({ name: 'size', type: ['int', 'double'] });

  expect(() => avroType(ambiguous)).toThrow('ambiguous unwrapped union');
});

test('the schema of a compiled event can be registered as it was written', () => {
  expect(JSON.parse(JSON.stringify(UserRegistered.schema))).toMatchObject({
    namespace: 'shop',
    topic: 'shop.users',
    key: 'userId',
    fields: expect.arrayContaining([expect.objectContaining({ name: 'email', pii: true })]),
  });
});
