import { expect, test } from '@jest/globals';
import { brokenRules } from './rules.ts';
import type { EventSchema } from './schemas.ts';

const uuid = { type: 'string', logicalType: 'uuid' };
const id = { name: 'orderId', type: uuid, doc: 'Identifies the order.' };
const placedAt = {
  name: 'placedAt',
  type: { type: 'long', logicalType: 'timestamp-millis' },
  doc: 'When it was placed.',
};
const note = { name: 'note', type: 'string', doc: 'What was said.' };

/** shop.OrderPlaced with as little as it must have, changed. */
function orderPlaced(changes: object = {}, version = 1): EventSchema {
  const schema = {
    type: 'record',
    namespace: 'shop',
    name: 'OrderPlaced',
    doc: 'An order was placed.',
    topic: 'shop.orders',
    key: 'orderId',
    fields: [id, placedAt],
    ...changes,
  } as unknown as EventSchema['schema'];
  const path = `schemas/shop/order-placed/v${version}.avsc`;
  return { path, owner: 'shop', folder: 'order-placed', version, schema };
}

test('a schema that keeps the rules has no problems', () => {
  expect(brokenRules([orderPlaced()])).toEqual([]);
});

test.each([
  [{ namespace: 'billing' }, 'namespace must be "shop", the folder of its owner, not "billing".'],
  [{ name: 'OrderPut' }, 'the record is named OrderPut, so its folder must be order-put, not order-placed.'],
  [{ topic: 'orders' }, 'topic must be "shop.<aggregate>", not "orders".'],
  [{ topic: undefined }, 'topic must be "shop.<aggregate>", not undefined.'],
  [{ key: 'id' }, 'key must name one of its fields, not "id".'],
  [{ fields: [id, placedAt, { ...note, type: 'int' }], key: 'note' }, 'the key field note must be a string.'],
  [
    { fields: [id, placedAt, { ...note, type: ['null', 'string'] }], key: 'note' },
    'the key field note must be a string.',
  ],
  [
    { fields: [note, placedAt], key: 'note' },
    'OrderPlaced needs an identifier: a field of the logical type uuid, such as orderId.',
  ],
  [
    { fields: [id] },
    'OrderPlaced needs the time at which it happened: a field of the logical type timestamp-millis, such as placedAt.',
  ],
  [{ doc: undefined }, 'OrderPlaced needs a doc.'],
  [{ fields: [id, placedAt, { ...note, doc: '' }] }, 'OrderPlaced.note needs a doc.'],
  [
    {
      fields: [
        id,
        placedAt,
        { ...note, type: { type: 'record', name: 'Note', doc: 'A note.', fields: [{ ...note, doc: '' }] } },
      ],
    },
    'Note.note needs a doc.',
  ],
  [
    { fields: [id, placedAt, { ...note, type: { type: 'enum', name: 'Kind', symbols: ['A'] } }] },
    'Kind needs a doc.',
  ],
  [
    { fields: [id, placedAt, { ...note, type: 'Note' }] },
    'is no valid Avro schema (undefined type name: shop.Note).',
  ],
  [{ type: 'enum', symbols: ['A'] }, 'must be a record.'],
  [
    { fields: [id, placedAt, { ...note, name: 'constructor' }] },
    'constructor is a name that every JavaScript object has already, which no reader can tell apart: take another.',
  ],
  [
    {
      fields: [
        id,
        placedAt,
        {
          ...note,
          type: { type: 'enum', name: 'Kind', doc: 'A kind.', symbols: ['A', 'toString'] },
        },
      ],
    },
    'toString is a name that every JavaScript object has already, which no reader can tell apart: take another.',
  ],
  [
    {
      fields: [
        id,
        placedAt,
        { ...note, type: { type: 'record', name: 'Date', doc: 'A day.', fields: [note] } },
      ],
    },
    "the type Date would hide TypeScript's: give it another name.",
  ],
  [
    {
      fields: ['one', 'other'].reduce<object[]>(
        (fields, namespace) => [
          ...fields,
          {
            ...note,
            name: namespace,
            type: { type: 'record', namespace, name: 'Note', doc: 'A note.', fields: [note] },
          },
        ],
        [id, placedAt],
      ),
    },
    'two of its types are named Note: give each a name of its own.',
  ],
  [
    { fields: [id, placedAt, { ...note, type: { type: 'long', logicalType: 'duration' } }] },
    'OrderPlaced.note: {"type":"long","logicalType":"duration"} has no TypeScript type; write "long", or use the logical type uuid or timestamp-millis.',
  ],
])('%j is a problem: %s', (changes, problem) => {
  expect(brokenRules([orderPlaced(changes)])).toEqual([`schemas/shop/order-placed/v1.avsc: ${problem}`]);
});

test.each(['PlaceOrder', 'OrderPlacing', 'Order', 'OrderFeed', 'OrderSpeed'])(
  '%s does not say that something has happened',
  (name) => {
    const folder = name.replace(/(?<=.)(?=[A-Z])/g, '-').toLowerCase();
    expect(brokenRules([{ ...orderPlaced({ name }), folder }])).toEqual([
      `schemas/shop/order-placed/v1.avsc: ${name} must be named for what has happened, in the past tense: OrderPlaced, EmailSent.`,
    ]);
  },
);

test.each(['OrderPlaced', 'EmailSent', 'InvoicePaid', 'OfferAgreed', 'PaymentWithdrawn', 'OrderPut'])(
  '%s says that something has happened',
  (name) => {
    const folder = name.replace(/(?<=.)(?=[A-Z])/g, '-').toLowerCase();
    expect(brokenRules([{ ...orderPlaced({ name }), folder }])).toEqual([]);
  },
);

const uuidRule =
  'identifies something: give it the logical type uuid; what others have assigned is named for what it is, such as trackingNumber.';
const timeRule = 'is a time: give it the logical type timestamp-millis.';
const moneyRule = 'is money: give it the record Money { amount: long, in minor units; currency: string }.';
const personalRule = 'may be personal data: say so with "pii": true, or "pii": false when it is not.';

test.each([
  [{ name: 'customerId' }, uuidRule],
  [{ name: 'customerId', type: ['null', 'string'] }, uuidRule],
  [{ name: 'shippedAt', type: 'long' }, timeRule],
  [{ name: 'dueDate', type: 'string' }, timeRule],
  [{ name: 'unitPrice', type: 'double' }, moneyRule],
  [{ name: 'total', type: ['null', 'long'] }, moneyRule],
  [{ name: 'email' }, personalRule],
  [{ name: 'lastName', type: ['null', 'string'] }, personalRule],
  [{ name: 'email', pii: 'yes' }, 'has a "pii" that is neither true nor false.'],
  [{ name: 'count', type: 'int', pii: true }, 'cannot be "pii": mark the strings within it.'],
])('a field %j %s', (changes, sentence) => {
  const field = { ...note, ...changes };
  expect(brokenRules([orderPlaced({ fields: [id, placedAt, field] })])).toEqual([
    `schemas/shop/order-placed/v1.avsc: OrderPlaced.${field.name} ${sentence}`,
  ]);
});

test.each(['capacity', 'coffee', 'internet', 'candidate', 'format'])(
  'a field %s promises nothing',
  (name) => {
    expect(brokenRules([orderPlaced({ fields: [id, placedAt, { ...note, name }] })])).toEqual([]);
  },
);

test('money has no fractions', () => {
  const amount = { name: 'amount', type: 'double', doc: 'How much.' };
  const currency = { name: 'currency', type: 'string', doc: 'Of what.' };
  const money = { type: 'record', name: 'Money', doc: 'Money.', fields: [amount, currency] };
  const total = { name: 'total', type: money, doc: 'What is paid.' };
  expect(brokenRules([orderPlaced({ fields: [id, placedAt, total] })])).toEqual([
    'schemas/shop/order-placed/v1.avsc: Money must be { amount: long; currency: string }, not { amount: double; currency: string }.',
  ]);
});

test.each([
  ['OrderPlaced.billingHint', { fields: [id, placedAt, { ...note, name: 'billingHint' }] }],
  ['OrderPlaced.hintForBilling', { fields: [id, placedAt, { ...note, name: 'hintForBilling' }] }],
  ['shop.billing', { topic: 'shop.billing' }],
])('%s names a service that reads it', (name, changes) => {
  expect(brokenRules([orderPlaced(changes)], ['shop', 'billing'])).toEqual([
    `schemas/shop/order-placed/v1.avsc: ${name} names the service billing: an event does not know who reads it; say what has happened.`,
  ]);
});

test('an event may name its owner', () => {
  const field = { ...note, name: 'shopWindow' };
  expect(brokenRules([orderPlaced({ fields: [id, placedAt, field] })], ['shop', 'billing'])).toEqual([]);
});

test('two owners cannot have an event of the same name', () => {
  const other = orderPlaced({ namespace: 'crm', topic: 'crm.orders' });
  const crm = { ...other, owner: 'crm', path: 'schemas/crm/order-placed/v1.avsc' };

  expect(brokenRules([orderPlaced(), crm])).toEqual([
    'schemas/crm/order-placed/v1.avsc: schemas/shop/order-placed/v1.avsc has the name OrderPlaced already; take another.',
  ]);
});

test('a next version may add a field with a default', () => {
  const optional = { ...note, type: ['null', 'string'], default: null };

  expect(brokenRules([orderPlaced(), orderPlaced({ fields: [id, placedAt, optional] }, 2)])).toEqual([]);
});

test('a next version whose readers cannot read the versions before is a problem', () => {
  expect(brokenRules([orderPlaced(), orderPlaced({ fields: [id, placedAt, note] }, 2)])).toEqual([
    'schemas/shop/order-placed/v2.avsc: note is new in v2 and has no default, so readers of v2 cannot read events of v1: give it a default.',
  ]);
});

test('a next version that readers of a version before cannot read is a problem', () => {
  expect(brokenRules([orderPlaced({ fields: [id, placedAt, note] }), orderPlaced({}, 2)])).toEqual([
    'schemas/shop/order-placed/v2.avsc: note is gone in v2 and has no default in v1, so readers of v1 cannot read events of v2: keep it.',
  ]);
});

test('a next version is compared with all before, not only with the last', () => {
  const size = { ...note, name: 'size', default: 'M' };
  const versions = [
    orderPlaced({ fields: [id, placedAt, size] }),
    orderPlaced({}, 2),
    orderPlaced({ fields: [id, placedAt, { ...size, type: 'int', default: 1 }] }, 3),
  ];
  expect(brokenRules(versions)).toEqual([
    expect.stringContaining('v3.avsc: size is int in v3 and string in v1'),
  ]);
});

test('a next version stays on its topic and key', () => {
  const fields = [id, placedAt, { ...id, name: 'customerId' }];
  const moved = orderPlaced({ fields, topic: 'shop.baskets' }, 2);

  expect(brokenRules([orderPlaced({ fields }), moved])).toEqual([
    'schemas/shop/order-placed/v2.avsc: topic and key must stay what they are in schemas/shop/order-placed/v1.avsc.',
  ]);
});
