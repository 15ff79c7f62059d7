import { expect, test } from '@jest/globals';
import { CloudEvent, Kafka } from 'cloudevents';
import fc from 'fast-check';
import { type EventMetadata, fromHeaders, InvalidEnvelope, toHeaders } from './index.ts';

const metadata: EventMetadata = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  type: 'shop.OrderPlaced',
  source: '/everyhop/shop',
  key: '01890a5d-ac96-774b-bcce-b302099a8058',
  time: new Date('2030-01-02T03:04:05.678Z'),
  sequence: 42n,
  correlationId: '01890a5d-ac96-774b-bcce-b302099a8059',
  causationId: '01890a5d-ac96-774b-bcce-b302099a805a',
};
const { causationId, ...uncaused } = metadata;

const text = fc.string({ unit: 'grapheme', minLength: 1 });
const anyMetadata: fc.Arbitrary<EventMetadata> = fc.record(
  {
    id: text,
    type: text,
    source: text,
    key: text,
    time: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }),
    sequence: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    correlationId: text,
    causationId: text,
  },
  { requiredKeys: ['id', 'type', 'source', 'key', 'time', 'sequence', 'correlationId'] },
);

test('metadata comes back from its headers as it was, as text or as bytes', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      const headers = toHeaders(metadata);
      const bytes = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]);

      expect(fromHeaders(headers)).toEqual(metadata);
      expect(fromHeaders(Object.fromEntries(bytes))).toEqual(metadata);
    }),
  );
});

test('sequences sort as text, as the CloudEvents extension asks', () => {
  fc.assert(
    fc.property(anyMetadata, anyMetadata, (one, other) => {
      const [first, second] = [toHeaders(one)['ce_sequence']!, toHeaders(other)['ce_sequence']!];
      expect(first < second).toBe(one.sequence < other.sequence);
    }),
  );
});

test('the CloudEvents SDK reads our headers as a valid event', () => {
  const value = Buffer.from([0, 1, 2]);
  const event = Kafka.toEvent({
    headers: toHeaders(metadata),
    key: metadata.key,
    value,
  } as any) as CloudEvent<Buffer>;

  expect(event.validate()).toBe(true);
  expect(event).toMatchObject({
    id: metadata.id,
    type: metadata.type,
    source: metadata.source,
    subject: metadata.key,
    time: metadata.time.toISOString(),
    specversion: '1.0',
    datacontenttype: 'application/avro',
    partitionkey: metadata.key,
    correlationid: metadata.correlationId,
    causationid: causationId,
    data: value,
  });
  expect(BigInt(event['sequence'] as string)).toBe(42n);
});

test('we read the headers that the CloudEvents SDK writes', () => {
  const { headers } = Kafka.binary(
    new CloudEvent({
      id: metadata.id,
      type: metadata.type,
      source: metadata.source,
      subject: metadata.key,
      time: metadata.time.toISOString(),
      datacontenttype: 'application/avro',
      sequence: '42',
      correlationid: metadata.correlationId,
      data: Buffer.from([0]),
    }),
  );

  expect(fromHeaders(headers as Record<string, string>)).toEqual(uncaused);
});

test('an event that no other caused has no causation header', () => {
  expect(toHeaders(uncaused)).not.toHaveProperty('ce_causationid');
  expect(fromHeaders(toHeaders(uncaused))).not.toHaveProperty('causationId');
});

const required = Object.keys(toHeaders(uncaused)).filter((name) => name.startsWith('ce_'));

test.each(required)('a message without %s is refused, and the header is named', (name) => {
  const { [name]: _, ...headers } = toHeaders(metadata);

  expect(() => fromHeaders(headers)).toThrow(InvalidEnvelope);
  expect(() => fromHeaders(headers)).toThrow(`The header ${name} is missing`);
});

test.each(required)('a message with an empty %s is refused', (name) => {
  expect(() => fromHeaders({ ...toHeaders(metadata), [name]: Buffer.alloc(0) })).toThrow(`${name} is empty`);
});

test.each([
  ['ce_specversion', '0.3', 'is not 1.0'],
  ['ce_time', 'yesterday', 'is not a timestamp of RFC 3339'],
  ['ce_time', '7', 'is not a timestamp of RFC 3339'],
  ['ce_time', '2030-13-02T03:04:05Z', 'is not a timestamp of RFC 3339'],
  ['ce_sequence', '-1', 'is not a whole number'],
  ['ce_sequence', '1e3', 'is not a whole number'],
  ['ce_sequence', '9223372036854775808', 'is above 9223372036854775807'],
  ['ce_id', ['a', 'b'], 'occurs more than once'],
  ['ce_id', null, 'is missing'],
  ['ce_id', 'a\0b', 'has a zero character'],
  ['ce_causationid', Buffer.from('a\0b'), 'has a zero character'],
  ['ce_type', ['shop.OrderPlaced', 'shop.OrderPlaced'], 'occurs more than once'],
  ['ce_subject', Buffer.from([0x61, 0xff]), 'is not UTF-8'],
  ['ce_id', 'a\ud83d', 'is not UTF-8'],
  ['content-type', 'application/json', 'is not application/avro'],
  ['content-type', ['application/avro', 'application/json'], 'occurs more than once'],
])('a message whose %s is %p is refused: it %s', (header, value, problem) => {
  const headers = { ...toHeaders(metadata), [header]: value };

  expect(() => fromHeaders(headers)).toThrow(`The header ${header} ${problem}`);
  expect(() => fromHeaders(headers)).toThrow(expect.objectContaining({ header, code: 'INVALID_ENVELOPE' }));
});

test.each([undefined, null, 'application/avro', 'application/avro; charset=binary', 'Application/Avro'])(
  'the content type %p is taken for Avro',
  (contentType) => {
    const headers = { ...toHeaders(metadata), 'content-type': contentType };
    expect(fromHeaders(headers)).toEqual(metadata);
  },
);

test('a text of 1024 bytes is accepted, a longer one is refused', () => {
  const key = 'ä'.repeat(512);
  expect(fromHeaders(toHeaders({ ...metadata, key })).key).toBe(key);
  expect(() => fromHeaders(toHeaders({ ...metadata, key: `${key}a` }))).toThrow(
    'The header ce_subject is longer than 1024 bytes',
  );
});
