/** What would go wrong: an event of a key is lost on the way, or comes after a later one, and nobody ever knows. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked, redriveParked } from '../parking/parked.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

/** Puts events of key `a` with these sequence numbers on the topic; their data is the number. */
async function send(...sequences: number[]) {
  for (const n of sequences) await it.send(await recordOf(n));
}

async function recordOf(n: number) {
  const event = it.Happened({ key: 'a', n });
  const headers = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: it.Happened.type,
    ce_source: 'elsewhere',
    ce_subject: 'a',
    ce_time: event.time.toISOString(),
    ce_sequence: String(n),
    ce_correlationid: event.id,
  };
  return { value: await it.registry.encode(event), headers };
}

const irregularities = () => it.warnings.filter(({ message }) => message.includes('in the events of a key'));

test('a gap is said with both numbers, and the event is handled by default', async () => {
  await it.start({ handle: write });
  await send(1, 2, 5);
  await waitUntil('the last is handled', async () => (await it.effects('a')).includes(5));
  expect(irregularities()).toMatchObject([
    {
      key: 'a',
      expected: '3',
      found: '5',
      message: 'a gap in the events of a key: expected number 3, found 5',
    },
  ]);
});

test('a step back is said with both numbers', async () => {
  await it.start({ handle: write });
  await send(1, 3, 2);
  await waitUntil('the last is handled', async () => (await it.effects('a')).includes(2));
  expect(irregularities()).toMatchObject([
    { expected: '2', found: '3' },
    { expected: '4', found: '2', message: expect.stringContaining('a step back') },
  ]);
});

test('events in line, redeliveries included, are no reason to say anything', async () => {
  const events = [1, 2, 3].map((n) => it.Happened({ key: 'a', n }));
  const inbox = await it.start({ handle: write });
  await it.publish(...events);
  await waitUntil('all are handled', async () => (await it.effects('a')).length === 3);
  await inbox.stop();
  await it.rewind();
  await it.start({ handle: write });
  await it.publish(it.Happened({ key: 'a', n: 4 }));
  await waitUntil('the next is handled', async () => (await it.effects('a')).includes(4));
  expect(await it.effects('a')).toEqual([1, 2, 3, 4]);
  expect(irregularities()).toEqual([]);
});

test('an event that came twice in one batch is handled, whatever the handler insists on', async () => {
  const record = await recordOf(1);
  await it.send(record, record);
  await it.start({ handle: write, onGap: 'park' });
  await send(2);
  await waitUntil('the next is handled', async () => (await it.effects('a')).includes(2));
  expect(await it.effects('a')).toEqual([1, 2]);
  expect(irregularities()).toEqual([]);
});

test('a handler that insists on the sequence has the key parked at the gap until an operator decides', async () => {
  const inbox = await it.start({ handle: write, onGap: 'park' });
  await send(1, 3, 4);
  await waitUntil('both are parked', async () => (await listParked(it.database.db)).length === 2);
  expect(await it.effects('a')).toEqual([1]);
  const [head] = await listParked(it.database.db);
  expect(head).toMatchObject({
    state: 'dead',
    reason: expect.stringContaining('expected number 2 of this key, found 3'),
  });
  await redriveParked(it.database.db, { eventId: head!.eventId }, { by: 'ops', why: 'number 2 was a test' });
  inbox.wake();
  await waitUntil('both are handled', async () => (await it.effects('a')).length === 3);
  expect(await it.effects('a')).toEqual([1, 3, 4]);
});

test('of two handlers of an event each is told of a gap before it, also when events are handled one by one', async () => {
  await it.send(await recordOf(1), await recordOf(3));
  let failures = 0;
  const failOnce = async () => {
    if (failures++ === 0) throw new Error('not at the first try');
  };
  await it.start(
    { id: 'test.first', handle: failOnce, onGap: 'park' },
    { id: 'test.second', handle: write, onGap: 'park' },
  );
  const parked = () => listParked(it.database.db);
  await waitUntil('both have found the gap', async () => (await parked()).length === 2);
  expect((await parked()).map(({ handler }) => handler)).toEqual(['test.first', 'test.second']);
  expect(await it.effects('a')).toEqual([1]);
  expect(irregularities()).toMatchObject([{ expected: '2', found: '3' }]);
});

test('what one of two handlers has handled is no step back for the other, when it is delivered again', async () => {
  const record = await recordOf(1);
  const first = await it.start({ id: 'test.first', handle: write });
  await it.send(record);
  await waitUntil('the first has handled it', async () => (await it.effects('a')).length === 1);
  await first.stop();
  await it.rewind();
  await it.start({ id: 'test.first', handle: write }, { id: 'test.second', handle: write, onGap: 'park' });
  await send(2);
  await waitUntil('both have handled the next', async () => (await it.effects('a')).length === 4);
  expect(await listParked(it.database.db)).toEqual([]);
  expect(irregularities()).toEqual([]);
});

test('an event that nobody asked for, behind one that failed, is counted all the same', async () => {
  const unasked = await recordOf(2);
  await it.send(await recordOf(1), { ...unasked, headers: { ...unasked.headers, ce_type: 'someone.Else' } });
  let failures = 0;
  await it.start({
    handle: async (data, delivery) => {
      await write(data, delivery);
      if (data.n === 1 && failures++ === 0) throw new Error('not at the first try');
    },
  });
  await waitUntil('the first is handled', async () => (await it.effects('a')).includes(1));
  await send(3);
  await waitUntil('the third is handled', async () => (await it.effects('a')).includes(3));
  expect(irregularities()).toEqual([]);
});
