import { expect, test } from '@jest/globals';
import { allEvents, defineEvent, InvalidEvent, OrderPlaced, UserRegistered } from './index.ts';

const userId = '01890a5d-ac96-774b-bcce-b302099a8057';
const user: UserRegistered = { userId, name: 'Ada', email: 'ada@example.org', registeredAt: new Date(0) };
const order: OrderPlaced = {
  orderId: userId,
  customer: { customerId: null, name: 'Ada', email: 'ada@example.org' },
  shippingAddress: { name: 'Ada', street: 'Ring 1', postalCode: '10115', city: 'Berlin', country: 'DE' },
  lines: [{ sku: 'MUG', name: 'Mug', quantity: 2, unitPrice: eur(900n), lineTotal: eur(1800n) }],
  net: eur(1800n),
  tax: eur(342n),
  total: eur(2142n),
  taxRatePercent: 19,
  placedAt: new Date(0),
};

function eur(amount: bigint): OrderPlaced.Money {
  return { amount, currency: 'EUR' };
}

/** The problems that constructing an order with these changes names. */
function problemsOf(changes: object): readonly string[] {
  try {
    OrderPlaced({ ...order, ...changes });
  } catch (error) {
    if (error instanceof InvalidEvent) return error.problems;
    throw error;
  }
  return [];
}

test('one name says type, topic, key and version, and constructs the event', () => {
  const event = UserRegistered(user);

  const { name, type, topic, version } = UserRegistered;
  expect({ name, type, topic, version }).toEqual({
    name: 'UserRegistered',
    type: 'shop.UserRegistered',
    topic: 'shop.users',
    version: 1,
  });
  expect(UserRegistered.keyOf(user)).toBe(userId);
  expect(event).toMatchObject({ eventType: UserRegistered, key: userId, data: user });
});

test('an event has a UUIDv7 of its own, of the time when it was constructed', () => {
  const before = Date.now();
  const [one, other] = [UserRegistered(user), UserRegistered(user)];

  expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(one.id).not.toBe(other.id);
  expect(parseInt(one.id.replace('-', '').slice(0, 12), 16)).toBeGreaterThanOrEqual(before);
  expect(one.time.getTime()).toBeGreaterThanOrEqual(before);
});

test('an invalid event is refused in a sentence that names the event, the field and what it must be', () => {
  const invalid = () => OrderPlaced({ ...order, lines: [{ ...order.lines[0]!, quantity: 1.5 }] });

  expect(invalid).toThrow(InvalidEvent);
  expect(invalid).toThrow(
    'shop.OrderPlaced is invalid: lines[0].quantity must be an integer of 32 bits, but is the number 1.5.',
  );
});

test.each([
  [{ orderId: 'order-1' }, 'orderId must be a UUID, but is another string'],
  [{ orderId: '' }, 'orderId must be a UUID, but is an empty string'],
  [{ customer: { name: 'Ada' } }, 'customer.email must be a string, but is missing'],
  [{ customer: null }, 'customer must be an object, but is null'],
  [
    { customer: { ...order.customer, customerId: 7 } },
    'customer.customerId must be null or a UUID, but is the number 7',
  ],
  [{ lines: {} }, 'lines must be an array, but is an object'],
  [
    { total: { amount: 2142, currency: 'EUR' } },
    'total.amount must be a bigint of 64 bits, but is the number 2142',
  ],
  [{ total: eur(2n ** 63n) }, `total.amount must be a bigint of 64 bits, but is the bigint ${2n ** 63n}`],
  [{ placedAt: new Date('yesterday') }, 'placedAt must be a valid Date, but is an invalid Date'],
  [{ placedAt: '2030-01-01T00:00:00Z' }, 'placedAt must be a valid Date, but is another string'],
])('%p is refused: %s', (changes, problem) => {
  expect(problemsOf(changes)).toEqual([problem]);
});

test('all that is wrong is named at once', () => {
  expect(problemsOf({ customer: {}, tax: null })).toEqual([
    'customer.name must be a string, but is missing',
    'customer.email must be a string, but is missing',
    'tax must be an object, but is null',
  ]);
});

test('an error repeats no text of the data, which may be personal', () => {
  const [problem] = problemsOf({ orderId: 'ada@example.org' });

  expect(problem).toContain('orderId');
  expect(problem).not.toContain('ada');
});

test('a field with a default may be left out, and is read as its default', () => {
  const { name, email } = order.customer;
  const { data } = OrderPlaced({ ...order, customer: { name, email } });

  const { avro } = OrderPlaced;
  expect(avro.fromBuffer(avro.toBuffer(data)).customer).toEqual({ customerId: null, name, email });
});

test('fields that the schema does not know pass and are not encoded', () => {
  const copied = { ...user, nickname: 'Countess' };
  const { data } = UserRegistered(copied);

  const { avro } = UserRegistered;
  expect(avro.fromBuffer(avro.toBuffer(data))).toEqual(user);
});

test('every event is listed, under a type that begins with the owner of its topic', () => {
  expect(allEvents).toContain(OrderPlaced);
  for (const { type, topic } of allEvents) expect(topic.split('.')[0]).toBe(type.split('.')[0]);
});

test('a schema that Avro does not allow fails where the event is defined', () => {
  const fields = [{ name: 'id', type: 'identifier' }];
  const schema = { type: 'record' as const, namespace: 'test', name: 'Broken', fields };

  expect(() => defineEvent<{ id: string }>({ topic: 'test.broken', key: 'id', version: 1, schema })).toThrow(
    'undefined type name: test.identifier',
  );
});
