/** What would go wrong: nobody can say what happened to an event, when, why and by whom, once it is handled. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { toHeaders } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { sql } from 'kysely';
import type { Delivery } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { discardParked, listParked, redriveParked } from '../parking/parked.ts';
import { readTrail, type TrailOf } from './trail.ts';

let it: TestService;
let broken: Set<number>;
beforeEach(async () => {
  it = await testService();
  broken = new Set();
});
afterEach(() => it.stop());

const operator = { by: 'ops', why: 'mended' };

async function fragile(data: { key: string; n: number }, delivery: Delivery) {
  if (broken.has(data.n)) throw new Error(`${data.n} is broken`);
  await write(data, delivery);
}

/** What the trail says, each entry as words. */
async function trailOf(of: TrailOf): Promise<string[]> {
  const entries = await readTrail(it.database.db, of);
  return entries.map(({ what, attempt, reason, by }) =>
    [what, attempt, reason, by].filter((word) => word !== null).join(' '),
  );
}

const handled = (key: string, count: number) =>
  waitUntil('all are handled', async () => (await it.effects(key)).length === count);

test('an event that was handled at once leaves one entry, with its key, correlation, trace and time', async () => {
  await it.start({ handle: write });
  const event = it.Happened({ key: 'a', n: 1 });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const envelope = {
    ...event,
    type: it.Happened.type,
    source: 'elsewhere',
    sequence: 1n,
    correlationId: event.id,
  };
  const headers = { ...toHeaders(envelope), traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  await it.send({ value: await it.registry.encode(event), headers });
  await handled('a', 1);
  expect(await readTrail(it.database.db, { eventId: event.id })).toEqual([
    {
      at: expect.any(Date),
      what: 'handled',
      eventId: event.id,
      type: null,
      handler: 'test.handler',
      key: 'a',
      correlationId: event.id,
      attempt: 1,
      reason: null,
      by: null,
      traceId,
    },
  ]);
});

test('failures, parking, death, redrive and handling are all there, in their order', async () => {
  broken.add(1);
  const inbox = await it.start({ handle: fragile, retry: { attempts: 4, inPlace: 2, maxDelay: 20 } });
  const [first, second] = [1, 2].map((n) => it.Happened({ key: 'a', n }));
  await it.publish(first!, second!);
  await waitUntil(
    'it is dead',
    async () => (await listParked(it.database.db, { state: 'dead' })).length === 1,
  );
  broken.clear();
  await redriveParked(it.database.db, { state: 'dead' }, operator);
  inbox.wake();
  await handled('a', 2);
  expect(await trailOf({ eventId: first!.id })).toEqual([
    'failed 1 1 is broken',
    'parked 2 1 is broken',
    'failed 3 1 is broken',
    'dead 4 1 is broken',
    'redriven mended ops',
    'handled 1',
  ]);
  expect(await trailOf({ eventId: second!.id })).toEqual(['parked', 'handled 1']);
  expect(await trailOf({ key: 'a' })).toHaveLength(8);
});

test('a try that failed before the one that worked is not forgotten', async () => {
  let tries = 0;
  await it.start({
    handle: async (data, delivery) => {
      // The first one, in the common batch, does not count.
      if (++tries < 3) throw new Error('not yet');
      await write(data, delivery);
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await handled('a', 1);
  expect(await trailOf({ key: 'a' })).toEqual(['failed 1 not yet', 'handled 2']);
});

test('what was discarded says so, and who did it', async () => {
  broken.add(1);
  await it.start({ handle: fragile, retry: { attempts: 1, inPlace: 1 } });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is dead', async () => (await listParked(it.database.db)).length === 1);
  await discardParked(it.database.db, { key: 'a' }, { by: 'ada', why: 'a test order' });
  expect(await trailOf({ key: 'a' })).toEqual(['dead 1 1 is broken', 'discarded a test order ada']);
});

test('each replay adds an entry, and the first handling stays', async () => {
  const inbox = await it.start({ handle: write, replayable: true });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await handled('a', 1);
  for (const n of [1, 2]) {
    await inbox.replay({}, { by: 'ada', why: `mend ${n}` });
    await handled('a', n + 1);
    await waitUntil('it is over', async () => {
      const { rows } = await it.database.pool.query('select from inbox_replay where finished_at is null');
      return rows.length === 0;
    });
  }
  expect(await trailOf({ key: 'a' })).toEqual([
    'handled 1',
    'replayed 1 mend 1 ada',
    'replayed 1 mend 2 ada',
  ]);
});

test('events of other keys that follow from an event are found by their correlation', async () => {
  await it.start({
    handle: async ({ key, n }) => (n === 1 ? it.Happened({ key: `${key} again`, n: 2 }) : undefined),
  });
  const event = it.Happened({ key: 'a', n: 1 });
  await it.publish(event);
  const entries = await waitUntil('both are handled', async () => {
    const found = await readTrail(it.database.db, { correlationId: event.id });
    return found.filter(({ what }) => what === 'handled').length === 2 && found;
  });
  expect(entries.map(({ key }) => key)).toEqual(expect.arrayContaining(['a', 'a again']));
  expect(await trailOf({ key: 'a' })).toHaveLength(1);
});

test('an event that was not sent yet is said to be unsent, and why if the broker refused it', async () => {
  await it.outbox.transaction(async (tx) => {
    const event = it.Happened({ key: 'unsent', n: 1 });
    await tx.publish(event);
    expect(await readTrail(tx, { eventId: event.id })).toMatchObject([
      { what: 'unsent', type: it.Happened.type, key: 'unsent', handler: null },
    ]);
    await sql`update outbox set refused = 'too large'`.execute(tx);
    expect(await readTrail(tx, { key: 'unsent' })).toMatchObject([{ what: 'refused', reason: 'too large' }]);
  });
});
