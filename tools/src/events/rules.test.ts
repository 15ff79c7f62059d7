import { expect, test } from '@jest/globals';
import { check } from './rules.ts';
import type { EventSchema } from './schemas.ts';

const uuid = { type: 'string', logicalType: 'uuid' };
const id = { name: 'orderId', type: uuid, doc: 'Identifies the order.' };
const note = { name: 'note', type: 'string', doc: 'What was said.' };

/** shop.OrderPlaced with one field, changed. */
function orderPlaced(changes: object = {}, version = 1): EventSchema {
  const schema = {
    type: 'record',
    namespace: 'shop',
    name: 'OrderPlaced',
    doc: 'An order was placed.',
    topic: 'shop.orders',
    key: 'orderId',
    fields: [id],
    ...changes,
  } as unknown as EventSchema['schema'];
  const path = `schemas/shop/order-placed/v${version}.avsc`;
  return { path, owner: 'shop', folder: 'order-placed', version, schema };
}

test('a schema that keeps the rules has no problems', () => {
  expect(check([orderPlaced()])).toEqual([]);
});

test.each([
  [{ namespace: 'billing' }, 'namespace must be "shop", the folder of its owner, not "billing".'],
  [{ name: 'OrderPut' }, 'the record is named OrderPut, so its folder must be order-put, not order-placed.'],
  [{ topic: 'orders' }, 'topic must be "shop.<aggregate>", not "orders".'],
  [{ topic: undefined }, 'topic must be "shop.<aggregate>", not undefined.'],
  [{ key: 'id' }, 'key must name one of its fields, not "id".'],
  [{ fields: [{ ...id, type: 'int' }] }, 'the key field orderId must be a string.'],
  [{ fields: [{ ...id, type: ['null', 'string'] }] }, 'the key field orderId must be a string.'],
  [{ doc: undefined }, 'OrderPlaced needs a doc.'],
  [{ fields: [id, { ...note, doc: '' }] }, 'OrderPlaced.note needs a doc.'],
  [
    {
      fields: [
        id,
        { ...note, type: { type: 'record', name: 'Note', doc: 'A note.', fields: [{ ...note, doc: '' }] } },
      ],
    },
    'Note.note needs a doc.',
  ],
  [{ fields: [id, { ...note, type: { type: 'enum', name: 'Kind', symbols: ['A'] } }] }, 'Kind needs a doc.'],
  [{ fields: [id, { ...note, type: 'Note' }] }, 'is no valid Avro schema (undefined type name: shop.Note).'],
  [{ type: 'enum', symbols: ['A'] }, 'must be a record.'],
  [
    { fields: [id, { ...note, type: { type: 'long', logicalType: 'duration' } }] },
    'OrderPlaced.note: {"type":"long","logicalType":"duration"} has no TypeScript type; write "long", or use the logical type uuid or timestamp-millis.',
  ],
])('%j is a problem: %s', (changes, problem) => {
  expect(check([orderPlaced(changes)])).toEqual([`schemas/shop/order-placed/v1.avsc: ${problem}`]);
});

test('two owners cannot have an event of the same name', () => {
  const other = orderPlaced({ namespace: 'crm', topic: 'crm.orders' });
  const crm = { ...other, owner: 'crm', path: 'schemas/crm/order-placed/v1.avsc' };

  expect(check([orderPlaced(), crm])).toEqual([
    'schemas/crm/order-placed/v1.avsc: schemas/shop/order-placed/v1.avsc has the name OrderPlaced already; take another.',
  ]);
});

test('a next version may add a field with a default', () => {
  const optional = { ...note, type: ['null', 'string'], default: null };

  expect(check([orderPlaced(), orderPlaced({ fields: [id, optional] }, 2)])).toEqual([]);
});

test('a next version whose readers cannot read the versions before is a problem', () => {
  expect(check([orderPlaced(), orderPlaced({ fields: [id, note] }, 2)])).toEqual([
    expect.stringMatching(/v2\.avsc: its readers cannot read events of schemas.*v1\.avsc \(.*note.*\)/),
  ]);
});

test('a next version that readers of a version before cannot read is a problem', () => {
  expect(check([orderPlaced({ fields: [id, note] }), orderPlaced({}, 2)])).toEqual([
    expect.stringMatching(/v1\.avsc: its readers cannot read events of schemas.*v2\.avsc \(.*note.*\)/),
  ]);
});

test('a next version stays on its topic and key', () => {
  const fields = [id, { ...id, name: 'customerId' }];
  const moved = orderPlaced({ fields, topic: 'shop.baskets' }, 2);

  expect(check([orderPlaced({ fields }), moved])).toEqual([
    'schemas/shop/order-placed/v2.avsc: topic and key must stay what they are in schemas/shop/order-placed/v1.avsc.',
  ]);
});
