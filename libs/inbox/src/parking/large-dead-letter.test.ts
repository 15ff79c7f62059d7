/**
 * What would go wrong: a dead letter is larger than its record, by the reason, so the broker refuses it, and it never gets
 * to the topic; or the reason is one that nothing can store, and the event is tried for ever.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { defineEvent } from '@everyhop/events';
import { listRefused } from '@everyhop/outbox/admin';
import { type Happened, waitUntil } from '@everyhop/testing';
import { Permanent } from '../handler/errors.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from './parked.ts';
import { cutToBytes } from '../handler/failure.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

const longReason = `why: ${'ä'.repeat(30_000)}`;
const topicLimit = 1_048_588;

const headersOf = (id: string) => ({
  ce_specversion: '1.0',
  ce_id: id,
  ce_type: it.Happened.type,
  ce_source: 'elsewhere',
  ce_subject: 'a',
  ce_time: new Date().toISOString(),
  ce_sequence: '1',
  ce_correlationid: id,
});

/** An event that is, with all that is around it, as large as the topic takes, less `spare` bytes. */
async function largest(spare: number, n = 1) {
  const { topic, schema } = it.Happened;
  const fields = [...schema.fields, { name: 'text', type: 'string', default: '' }];
  const Wide = defineEvent<Happened & { text: string }>({
    topic,
    key: 'key',
    version: 2,
    schema: { ...schema, fields },
  });
  await it.registry.register(Wide);
  const encode = async (length: number) => {
    const event = Wide({ key: 'a', n, text: 'x'.repeat(length) });
    return { value: await it.registry.encode(event), headers: headersOf(event.id) };
  };
  const { value, headers } = await encode(1_000_000);
  const varint = (length: number) => (length < 64 ? 1 : length < 8_192 ? 2 : length < 1_048_576 ? 3 : 4);
  const sized = (bytes: { length: number }) => varint(bytes.length) + bytes.length;
  let body = 1 + 1 + 1 + sized('a') + sized(value) + 1;
  for (const header of Object.entries(headers)) body += sized(header[0]) + sized(header[1]);
  return encode(1_000_000 + topicLimit - 61 - varint(body) - body - spare);
}

const refused = () => listRefused(it.database.db);
const start = () =>
  it.start({
    handle: () => {
      throw new Permanent(longReason);
    },
  });

test('a record that is as large as its topic takes is dead-lettered without its value, which is parked', async () => {
  const { value, headers } = await largest(0);
  await it.send({ value, headers });
  // The fixture's producer is of no more use after that.
  await expect(it.send(await largest(-1))).rejects.toThrow(/larger/);
  await start();
  const [letter] = await it.deadLetters(1);
  expect(letter).toMatchObject({ key: 'a', value: null });
  expect(letter!.headers).toMatchObject({ ...headers, dead_letter_omitted: 'value' });
  expect(letter!.headers['dead_letter_reason']).toMatch(/^why: ä+…$/);
  const [parked] = await listParked(it.database.db);
  expect(parked!.payload!.equals(value)).toBe(true);
  expect(await refused()).toEqual([]);
});

test.each([20, 300, 500, 520, 540, 560, 600, 1_000, 5_000, 8_800, 20_000])(
  'of a record that leaves %i bytes the dead letter gets to its topic, with as much of the reason as there is room for',
  async (spare) => {
    const record = await largest(spare);
    await it.send(record);
    await start();
    const [letter] = await it.deadLetters(1);
    const isWhole = letter!.headers['dead_letter_omitted'] === undefined;
    expect(letter!.value).toEqual(isWhole ? record.value : null);
    if (spare >= 1_000) expect(isWhole).toBe(true);
    expect(letter!.headers).toMatchObject(record.headers);
    const reason = letter!.headers['dead_letter_reason'];
    expect(reason).toMatch(/^why: ä+…$/);
    expect(Buffer.byteLength(reason)).toBeGreaterThanOrEqual(190);
    expect(await refused()).toEqual([]);
  },
);

test('a record with headers and a key that leave no room is dead-lettered without them', async () => {
  const key = Buffer.alloc(800_000, 255);
  await it.send({
    key: key as any,
    value: Buffer.from('no event'),
    headers: { large: Buffer.alloc(248_200) },
  });
  await it.start({ handle: write });
  const [letter] = await it.deadLetters(1, { maxHeaderBytes: 2 ** 20 });
  expect(letter!.headers['dead_letter_omitted']).toBe('value and headers');
  expect(letter!.headers['dead_letter_source']).toBe(`${it.Happened.topic}/0/0`);
  expect(await refused()).toEqual([]);
});

const strange: [string, unknown, RegExp][] = [
  ['zero characters and halves of surrogate pairs', new Error('a\0b\ud83dc'), /^a\ufffdb\ufffdc$/],
  ['a name that is none', Object.assign(new Error('x'), { name: { no: 'text' } }), /^x$/],
  ['a name of a megabyte', Object.assign(new Error('x'), { name: 'N'.repeat(1_000_000) }), /^x$/],
  ['a message that is no text', Object.assign(new Error(), { message: { no: 'text' } }), /object Object/],
  ['a stack of megabytes', Object.assign(new Error('x'), { stack: 's'.repeat(3_000_000) }), /^x$/],
  ['nothing', undefined, /^undefined$/],
  ['no prototype', Object.create(null), /./],
  ['a symbol', Symbol('s'), /^Symbol\(s\)$/],
];

test.each(strange)(
  'a handler that throws something with %s is dead-lettered, and the next event is handled',
  async (_, error, reason) => {
    await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'b', n: 2 }));
    await it.start({
      retry: { attempts: 2, delay: 1 },
      handle: async (data, delivery) => {
        if (data.n === 1) throw error;
        await write(data, delivery);
      },
    });
    const [letter] = await it.deadLetters(1);
    expect(letter!.headers['dead_letter_reason']).toMatch(reason);
    await waitUntil('the other is handled', async () => (await it.effects('b')).length === 1);
    const [parked] = await listParked(it.database.db);
    expect(parked!.reason).toMatch(reason);
  },
);

test('a text is cut by its bytes, and never within a character', () => {
  const text = 'aä€😀'; // 1, 2, 3 and 4 bytes
  expect([10, 9, 8, 7, 6, 5, 4, 3, 1, 0, -5].map((most) => cutToBytes(text, most))).toEqual([
    text,
    'aä€…',
    'aä…',
    'aä…',
    'aä…',
    'a…',
    'a…',
    '',
    '',
    '',
    '',
  ]);
  for (let most = 0; most < 12; most++)
    expect(Buffer.byteLength(cutToBytes(text, most))).toBeLessThanOrEqual(most);
});
