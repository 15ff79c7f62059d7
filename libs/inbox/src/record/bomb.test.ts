/**
 * What would go wrong: a record of a few bytes takes all the memory or time of whoever reads it, so that the process
 * ends or its partitions are lost, starts again, and meets the same record, until somebody moves the offset by hand.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { defineEvent, toHeaders, type EventType } from '@everyhop/events';
import { Producers, type OutgoingRecord } from '@everyhop/kafka';
import { engines, waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService();
  await it.start({ handle: write });
});
afterEach(() => it.stop());

/** The headers of an event that can be read. */
function envelope(): Record<string, string> {
  const { id, time, key } = it.Happened({ key: 'a', n: 1 });
  const { type } = it.Happened;
  return toHeaders({ id, time, key, type, source: 'elsewhere', sequence: 1n, correlationId: id });
}

/** Sends `bomb`, and returns why it was given up, when the event behind it is handled. */
async function reasonFor(send: () => Promise<unknown>): Promise<string> {
  await send();
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await waitUntil('the next is handled', async () => (await it.effects('a')).includes(2));
  expect(await it.effects('a')).toEqual([2]);
  const { rows } = await it.database.pool.query('select state, blocks, reason from inbox_parked');
  expect(rows).toEqual([{ state: 'dead', blocks: false, reason: expect.any(String) }]);
  const [letter] = await it.deadLetters(1);
  expect(letter!.headers['dead_letter_reason']).toBe(rows[0].reason);
  return rows[0].reason;
}

/** Registers a later version of the event with one more field, as somebody else may, and returns its first bytes. */
async function writtenWith(type: object): Promise<Buffer> {
  const { topic, schema } = it.Happened;
  const fields = [...schema.fields, { name: 'more', type, default: [] }];
  const later: EventType<object> = defineEvent({
    topic,
    key: 'key',
    version: 2,
    schema: { ...schema, fields },
  } as never);
  await it.registry.register(later);
  const whole = await it.registry.encode(later({ key: 'a', n: 1, more: [] }));
  return whole.subarray(0, -1);
}

const billions = Buffer.from([0x80, 0xd0, 0xac, 0xf3, 0x0e]);

test.each([
  ['strings', { type: 'array', items: 'string' }, '2000000000 items where 0 bytes are left'],
  ['nulls, which take no bytes', { type: 'array', items: 'null' }, 'more values than maxValues, 1000000'],
])('two billion %s that a record claims to have are not believed', async (_, type, reason) => {
  const bytes = await writtenWith(type);
  const value = Buffer.concat([bytes, billions]);
  expect(await reasonFor(() => it.send({ value, headers: envelope() }))).toContain(reason);
});

test('20,000 headers of a record are not read', async () => {
  const value = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  const headers = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`name-${n}`, `${n}`]));
  const reason = await reasonFor(() => it.send({ value, headers: { ...envelope(), ...headers } }));
  expect(reason).toBe('20009 headers, and maxHeaders is 1000');
});

test('120 MB that a batch inflates to are not read: its records are skipped, and the range is on the dead-letter topic', async () => {
  const { brokers } = engines;
  const producers = new Producers({ brokers, compression: 'gzip' });
  const producer = await producers.open();
  const value = Buffer.alloc(120 * 2 ** 20);
  const bomb: OutgoingRecord = { topic: it.Happened.topic, key: 'a', value, headers: envelope() };
  const reason = await reasonFor(() => producer.send([bomb]));
  await producers.disconnect();
  expect(reason).toMatch(
    /^the records from 0 to 0, a batch of \d+ bytes, can't be read: it inflates to more than/,
  );
});
