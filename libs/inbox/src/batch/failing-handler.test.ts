/**
 * What would go wrong: a handler that fails rolls back the whole batch with it, or blocks its partition for ever,
 * or is skipped and its event is gone.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { toHeaders } from '@everyhop/events';
import { sql } from 'kysely';
import { waitUntil } from '@everyhop/testing';
import { Permanent, RetryAfter } from '../handler/errors.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

test('one failing event of a batch is tried again alone; the others are handled once, in order', async () => {
  await it.publish(...[1, 2, 3].map((n) => it.Happened({ key: 'a', n })));
  await it.start({
    handle: async (data, delivery) => {
      await write(data, delivery);
      if (data.n === 2 && delivery.attempt < 3) throw new Error('not yet');
    },
  });
  await waitUntil('the last is handled', async () => (await it.effects('a')).includes(3));
  expect(await it.effects('a')).toEqual([1, 2, 3]);
});

test('a poison event does not block its partition: after its last attempt it is dead-lettered as it came', async () => {
  const poison = it.Happened({ key: 'a', n: 2 });
  await it.publish(it.Happened({ key: 'a', n: 1 }), poison, it.Happened({ key: 'b', n: 3 }));
  const attempts: number[] = [];
  await it.start({
    retry: { attempts: 3, delay: 1 },
    handle: async (data, delivery) => {
      if (data.n === 2) attempts.push(delivery.attempt);
      await write(data, delivery);
      if (data.n === 2) throw new Error('it never works');
    },
  });
  const [letter] = await it.deadLetters(1);
  expect(letter).toMatchObject({ key: 'a', value: await it.registry.encode(poison) });
  expect(letter!.headers).toMatchObject({
    ce_id: poison.id,
    ce_type: it.Happened.type,
    dead_letter_handler: 'test.handler',
    dead_letter_reason: 'it never works',
    dead_letter_attempts: '3',
    dead_letter_source: expect.stringMatching(`^${it.Happened.topic}/0/[12]$`),
  });
  // The first 1 is the try in the batch with the others.
  expect(attempts).toEqual([1, 1, 2, 3]);
  await waitUntil('the others are handled', async () => (await it.effects('b')).length > 0);
  expect(await it.effects('a')).toEqual([1]);
});

test('Permanent is dead-lettered at once', async () => {
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await it.start({
    handle: async () => {
      throw new Permanent('nothing to invoice');
    },
  });
  const [letter] = await it.deadLetters(1);
  expect(letter!.headers).toMatchObject({
    dead_letter_reason: 'nothing to invoice',
    dead_letter_attempts: '1',
  });
});

test.each([
  ['half a character', () => new Permanent('\ud83d'), '\ufffd'],
  ['a zero character', () => new Permanent('no\0thing'), 'no\ufffdthing'],
])(
  'an error that says %s is like any other: it is told, and the next event is handled',
  async (_, make, reason) => {
    await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'b', n: 2 }));
    await it.start({
      retry: { attempts: 2, delay: 1 },
      handle: async (data, delivery) => {
        if (data.n === 1) throw make();
        await write(data, delivery);
      },
    });
    await waitUntil('the next is handled', async () => (await it.effects('b')).length > 0);
    const [letter] = await it.deadLetters(1);
    expect(letter!.headers['dead_letter_reason']).toBe(reason);
  },
);

test.each([1, 2])(
  'a record that others have written is dead-lettered as it came after %d tries',
  async (attempts) => {
    const event = it.Happened({ key: 'a', n: 1 });
    const metadata = {
      ...event,
      type: it.Happened.type,
      source: 'elsewhere',
      sequence: 1n,
      correlationId: event.id,
    };
    const key = Buffer.from([0, 0xff, 0xfe, 5]);
    const headers = {
      ...toHeaders(metadata),
      nothing: null,
      'zero\0name': '',
      bytes: Buffer.from([0, 0xff]),
    };
    await it.send({ key, value: await it.registry.encode(event), headers } as never);
    await it.start({
      retry: { attempts, inPlace: 1, delay: 1 },
      handle: async () => {
        throw new Error('it never works');
      },
    });
    const [letter] = await it.deadLetters(1);
    expect(letter!.headers).toMatchObject({
      ce_id: event.id,
      nothing: null,
      'zero\ufffdname': '',
      dead_letter_attempts: String(attempts),
    });
    expect(letter!.bytes).toMatchObject({ bytes: headers.bytes, dead_letter_key: key });
  },
);

test('an event that can be neither handled nor parked is given up, and the next event is handled', async () => {
  const bad = it.Happened({ key: 'a', n: 1 });
  await it.database.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'no room for it'; end $$;
    create trigger refuse before insert on inbox_parked
      for each row when (new.event_id = '${bad.id}') execute function refuse()`);
  await it.publish(bad, it.Happened({ key: 'b', n: 2 }));
  const fail = async () => {
    throw new Permanent('nothing to invoice');
  };
  const handle: typeof write = (data, delivery) => (data.n === 1 ? fail() : write(data, delivery));
  await it.start({ id: 'test.one', handle }, { id: 'test.other', handle });
  await waitUntil('the next is handled', async () => (await it.effects('b')).length === 2);
  const letters = await it.deadLetters(2);
  expect(letters.map(({ headers }) => headers)).toEqual([
    expect.objectContaining({
      dead_letter_handler: 'test.one',
      dead_letter_reason: expect.stringContaining('no room for it'),
    }),
    expect.objectContaining({ dead_letter_handler: 'test.other' }),
  ]);
});

test('RetryAfter is tried again after the delay that it names', async () => {
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  const times: number[] = [];
  await it.start({
    handle: async (data, delivery) => {
      times.push(performance.now());
      if (delivery.attempt < 2) throw new RetryAfter('50ms');
      await write(data, delivery);
    },
  });
  await waitUntil('it is handled', async () => (await it.effects('a')).length > 0);
  const [, alone, again] = times;
  expect(again! - alone!).toBeGreaterThanOrEqual(49);
});

test('an event whose statement takes too long is parked, and its partition goes on', async () => {
  let isTried = false;
  await it.start({
    retry: { inPlace: 1, delay: 60_000 },
    handle: async (data, delivery) => {
      if (data.n === 1) {
        isTried = true;
        await sql`set local statement_timeout = 50`.execute(delivery.tx);
        await sql`select pg_sleep(1)`.execute(delivery.tx);
      }
      await write(data, delivery);
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is tried', () => isTried);
  await it.publish(it.Happened({ key: 'b', n: 2 }));
  await waitUntil('the other is handled', async () => (await it.effects('b')).length > 0);
  const reason = 'canceling statement due to statement timeout';
  expect(await listParked(it.database.db)).toMatchObject([
    { key: 'a', state: 'waiting', attempts: 1, reason },
  ]);
});

test('a handler that returns what is no event fails like any other', async () => {
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await it.start({
    retry: { attempts: 1 },
    handle: async () => ({ key: 'a' }) as never,
  });
  const [letter] = await it.deadLetters(1);
  expect(letter!.headers['dead_letter_reason']).toContain('expected an event');
});

test.each<[string, { value?: Buffer; headers?: object }, string]>([
  ['bytes that are no Avro', { value: Buffer.from('hello') }, 'not Avro in the Confluent wire format'],
  [
    'an unknown schema id',
    { value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 2]) },
    'no schema 2147483647 in the registry',
  ],
  ['a missing header', { headers: { ce_sequence: undefined } }, 'ce_sequence'],
  ['no headers at all', {}, 'is missing'],
])('%s: dead-lettered with the reason, and consumption goes on', async (_, { value, headers }, reason) => {
  const event = it.Happened({ key: 'a', n: 1 });
  const envelope: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: it.Happened.type,
    ce_source: 'elsewhere',
    ce_subject: 'a',
    ce_time: event.time.toISOString(),
    ce_sequence: '1',
    ce_correlationid: event.id,
  };
  if (headers) delete envelope['ce_sequence'];
  const bytes = value ?? (await it.registry.encode(event));
  await it.send({ value: bytes, headers: value || headers ? envelope : {} });
  // As often as by default, and quickly, though the registry is waited for longer.
  await it.start({ handle: write, retry: { maxDelay: 50 } });
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  const [letter] = await it.deadLetters(1);
  expect(letter!.value).toEqual(bytes);
  expect(letter!.headers['dead_letter_reason']).toContain(reason);
  await waitUntil('the next is handled', async () => (await it.effects('a')).includes(2));
});
