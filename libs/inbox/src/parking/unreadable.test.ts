/**
 * What would go wrong: a record that nobody can read, perhaps not even Postgres, blocks its partition for ever, or is
 * given up without a word.
 */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
// eslint-disable-next-line no-restricted-imports -- Deleting topics is for who operates Kafka; nothing of ours does.
import { Kafka, logLevel } from 'kafkajs';
import { toHeaders } from '@everyhop/events';
import { createTopics } from '@everyhop/kafka/admin';
import { engines, waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked, redriveParked } from './parked.ts';

const never = { min: 3_600_000, max: 3_600_000, shared: 3_600_000 };

let it: TestService;
beforeEach(async () => {
  it = await testService({ poll: never });
});
afterEach(() => it.stop());

/** The headers of an event that can be read. */
function envelope(): Record<string, string> {
  const { id, time, key } = it.Happened({ key: 'a', n: 1 });
  return toHeaders({
    id,
    time,
    key,
    type: it.Happened.type,
    source: 'elsewhere',
    sequence: 1n,
    correlationId: id,
  });
}

const count = async (table: string) =>
  Number((await it.database.pool.query(`select count(*) from ${table}`)).rows[0].count);

test('the dead letter of a record without an envelope is sent at once, without a poll', async () => {
  await it.start({ handle: write });
  await it.send({ value: Buffer.from('hello') });
  await waitUntil('it is given up', async () => (await count('inbox_parked')) === 1);
  await waitUntil('its dead letter is sent', async () => (await count('outbox')) === 0);
  const { rows } = await it.database.pool.query('select state, blocks, reason from inbox_parked');
  expect(rows).toEqual([{ state: 'dead', blocks: false, reason: expect.stringContaining('is missing') }]);
});

test('redriven, a record that can be read by now is handled, and one that still can not is dead as before', async () => {
  await it.start({ handle: write });
  const whole = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  for (let n = 0; n < 2; n++) await it.send({ value: whole.subarray(0, -1), headers: envelope() });
  await waitUntil('both are given up', async () => (await count('inbox_parked')) === 2);
  const mended =
    'update inbox_parked set payload = $1 where position = (select min(position) from inbox_parked)';
  await it.database.pool.query(mended, [whole]);
  await redriveParked(it.database.db, {}, { by: 'ada', why: 'the bytes were cut off' });
  it.inboxes[0]!.wake();
  await waitUntil('the mended one is handled', async () => (await it.effects('a')).length > 0);
  await waitUntil('the other is dead', async () => (await listParked(it.database.db))[0]?.state === 'dead');
  expect(await it.effects('a')).toEqual([1]);
  const { rows } = await it.database.pool.query('select state, blocks, reason from inbox_parked');
  expect(rows).toEqual([{ state: 'dead', blocks: false, reason: expect.not.stringContaining('no handler') }]);
});

const long = randomBytes(4_000).toString('hex');

test.each<[string, { key?: string | Buffer; headers?: Record<string, string | null> }, string]>([
  ['a binary key', { key: Buffer.from([0, 0, 0, 0, 0, 0, 0, 5]) }, 'is missing'],
  ['a key that is no UTF-8', { key: Buffer.from([0xff, 0xfe]) }, 'is missing'],
  ['an over-long key', { key: long }, 'is missing'],
  ['a header without a value', { headers: { nothing: null } }, 'is missing'],
  ['a zero character in the name of a header', { headers: { 'zero\0': 'x' } }, 'is missing'],
  ['a header that is named as what every object has', { headers: { constructor: 'x' } }, 'is missing'],
  ['a sequence of more than 64 bits', { headers: { ce_sequence: '9'.repeat(19) } }, 'ce_sequence is above'],
  ['a zero character in its id', { headers: { ce_id: 'zero\0' } }, 'ce_id has a zero character'],
  ['an over-long id', { headers: { ce_id: long } }, 'ce_id is longer than'],
  ['an over-long subject', { headers: { ce_subject: long } }, 'ce_subject is longer than'],
  [
    'another subject than the key in its data',
    { key: 'b', headers: { ce_subject: 'b' } },
    'the key in its data is not its ce_subject',
  ],
  [
    'another content type',
    { headers: { 'content-type': 'text/plain', ce_source: 'x' } },
    'content-type is not',
  ],
])('a record with %s is given up as it came, and the next event is handled', async (_, record, reason) => {
  const { key = 'a', headers = {} } = record;
  const isEnvelope = Object.keys(headers).some((name) => name.startsWith('ce_'));
  const value = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  await it.start({ handle: write });
  await it.send({ key, value, headers: { ...(isEnvelope && envelope()), ...headers } } as never);
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await waitUntil('the next is handled', async () => (await it.effects('a')).includes(2));
  const { rows } = await it.database.pool.query('select state, record_key from inbox_parked');
  expect(rows).toEqual([{ state: 'dead', record_key: Buffer.from(key) }]);
  const [letter] = await it.deadLetters(1);
  expect(letter!.value).toEqual(value);
  expect(letter!.headers['dead_letter_reason']).toContain(reason);
  expect(letter!.bytes['dead_letter_key'] ?? Buffer.from(letter!.key)).toEqual(Buffer.from(key));
  for (const [name, header] of Object.entries(headers))
    expect(letter!.headers[name.replace('\0', '\ufffd')]).toBe(header);
});

test('what comes again is given up once, another record at its place once more', async () => {
  const { brokers } = engines;
  const topics = [{ topic: it.Happened.topic, partitions: 1, replicationFactor: 1 }];
  const givenUp = async (records: number) => {
    const inbox = await it.start({ handle: write });
    await it.publish(it.Happened({ key: 'a', n: records }));
    await waitUntil('what is behind it is handled', async () => (await it.effects('a')).includes(records));
    await inbox.stop();
    return count('inbox_parked');
  };
  await it.send({ value: Buffer.from('hello') });
  expect(await givenUp(1)).toBe(1);
  await it.rewind();
  expect(await givenUp(2)).toBe(1);

  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [it.Happened.topic] });
  await waitUntil('it is gone', async () => !(await admin.listTopics()).includes(it.Happened.topic));
  await waitUntil('it is made anew', async () => (await createTopics({ brokers, topics })).length > 0);
  await admin.disconnect();
  await it.rewind();
  await it.send({ value: Buffer.from('hello again') });
  expect(await givenUp(3)).toBe(2);
  const letters = await it.deadLetters(2);
  expect(letters.map(({ value }) => value!.toString())).toEqual(['hello', 'hello again']);
  expect(letters[0]!.headers['dead_letter_source']).toBe(letters[1]!.headers['dead_letter_source']);
}, 60_000);

test.each([
  ['its type first', (type: string) => [type, 'other.Happened']],
  ['its type last', (type: string) => ['other.Happened', type]],
  ['its type twice', (type: string) => [type, type]],
])('a record that says %s is given up, not passed over', async (_, types) => {
  await it.start({ handle: write });
  const value = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  await it.send({ value, headers: { ...envelope(), ce_type: types(it.Happened.type) } });
  await waitUntil('it is given up', async () => (await count('inbox_parked')) === 1);
  const [letter] = await it.deadLetters(1);
  expect(letter!.headers['dead_letter_reason']).toContain('ce_type occurs more than once');
  expect(letter!.bytes['ce_type']).toEqual(types(it.Happened.type).map((type) => Buffer.from(type)));
});

test.each<[string, (type: string) => string | Buffer]>([
  ['nothing', () => ''],
  ['a blank', () => ' '],
  ['its type with a blank behind it', (type) => `${type} `],
  ['its type in small letters', (type) => type.toLowerCase()],
  ['bytes that are no text', () => Buffer.from([0xff, 0xfe])],
])('a record whose type says %s is given up, not passed over', async (_, type) => {
  await it.start({ handle: write });
  const value = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  await it.send({ value, headers: { ...envelope(), ce_type: type(it.Happened.type) } });
  await waitUntil('it is given up', async () => (await count('inbox_parked')) === 1);
  const [letter] = await it.deadLetters(1);
  expect(letter!.headers['dead_letter_reason']).toContain('ce_type is');
});

test('a record of types that nobody here asked for is passed over', async () => {
  await it.start({ handle: write });
  const value = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  await it.send({ value, headers: { ...envelope(), ce_type: ['other.One', 'other.Two'] } });
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await waitUntil('the next is handled', async () => (await it.effects('a')).includes(2));
  expect(await count('inbox_parked')).toBe(0);
});
