/**
 * What would go wrong: a handler never settles, and with it hang its partition, a lane of its topic, the retries, a
 * connection with an open transaction, and the stop of the service; and nobody is told.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitUntil } from '@everyhop/testing';
import type { Delivery, Handle } from '../handler/handler.ts';
import type { Inbox } from '../inbox.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
let hang: PromiseWithResolvers<void>;
beforeEach(async () => {
  it = await testService({ partitions: 6 });
  hang = Promise.withResolvers<void>();
});
afterEach(async () => {
  hang.resolve();
  await it.stop();
});

type Hang = (delivery: Delivery) => Promise<unknown>;
const waits: Hang = () => hang.promise;
const asks: Hang = ({ tx }) => sql`select pg_sleep(600)`.execute(tx);

/** A handler that hangs with each event whose number is negative, while `isHanging`. */
const handleUnless =
  (hangs: Hang, isHanging: () => boolean = () => true): Handle<{ key: string; n: number }> =>
  async (data, delivery) => {
    if (data.n < 0 && isHanging()) await hangs(delivery);
    await write(data, delivery);
  };
const events = (count: number) =>
  Array.from({ length: count }, (_, n) => it.Happened({ key: `key-${n}`, n }));
const handled = async () => (await it.database.pool.query('select from effects')).rowCount!;
const openTransactions = async () => {
  const { rows } = await it.database.pool.query(`
    select pid from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
      and backend_type = 'client backend'`);
  return rows.length;
};
const noneIsOpen = () =>
  waitUntil('no transaction is open', async () => (await openTransactions()) === 0, { timeoutMs: 20_000 });
const soon = { inPlace: 1, delay: 5, maxDelay: 100 };

for (const [how, hangs] of [
  ['waits for what never comes', waits],
  ['runs a statement that does not end', asks],
] as const) {
  test(`an event whose handler ${how} fails, is parked, and leaves no transaction open`, async () => {
    const signals: AbortSignal[] = [];
    const hanging: Hang = (delivery) => (signals.push(delivery.signal), hangs(delivery));
    let isHanging = true;
    await it.start({
      retry: { attempts: 3 },
      timeout: 500,
      handle: handleUnless(hanging, () => isHanging),
    });
    await it.publish(it.Happened({ key: 'hang', n: -1 }));
    const [parked] = await waitUntil('it is parked', async () => {
      const found = await listParked(it.database.db);
      return found.length > 0 ? found : undefined;
    });
    expect(parked).toMatchObject({
      key: 'hang',
      reason: expect.stringContaining('did not settle within 500 ms'),
    });
    expect(signals[0]!.reason).toMatchObject({ code: 'HANDLER_TIMED_OUT' });
    isHanging = false;
    await waitUntil('it is handled at last', async () => (await it.effects('hang')).length === 1);
    await noneIsOpen();
    expect(await it.effects('hang')).toEqual([-1]);
  });

  test(`a retry whose handler ${how} counts as one, down to the last, and the others are retried meanwhile`, async () => {
    let isFailing = true;
    const handle = handleUnless(hangs);
    await it.start({
      retry: { ...soon, attempts: 3 },
      timeout: 1_500,
      handle: async (data, delivery) => {
        if (isFailing && delivery.attempt === 1) throw new Error('not yet');
        await handle(data, delivery);
      },
    });
    await it.publish(it.Happened({ key: 'hang', n: -1 }), ...events(5));
    await waitUntil('all others are handled', async () => (await handled()) === 5, { timeoutMs: 30_000 });
    isFailing = false;
    const [dead] = await waitUntil(
      'it is dead',
      async () => {
        const found = await listParked(it.database.db, { state: 'dead' });
        return found.length > 0 ? found : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(dead).toMatchObject({
      key: 'hang',
      attempts: 3,
      reason: expect.stringContaining('did not settle'),
    });
    await noneIsOpen();
  });
}

test('in a batch, events that are handled with one that hangs are handled after its time-out', async () => {
  await it.publish(...events(20), it.Happened({ key: 'hang', n: -1 }));
  await it.start({ timeout: 500, handle: handleUnless(waits) });
  await waitUntil('all others are handled', async () => (await handled()) === 20, { timeoutMs: 30_000 });
  expect(await it.effects('hang')).toEqual([]);
});

test('while handlers of five of six partitions hang, events of the sixth are handled, and it is told who hangs', async () => {
  let hanging = 0;
  const inbox = await it.start({
    handle: async (data, delivery) => {
      // Each in a partition of its own, as those behind it wait.
      if (hanging < 5) {
        hanging++;
        await hang.promise;
      }
      await write(data, delivery);
    },
  });
  await it.publish(...events(60));
  await waitUntil('others are handled', async () => (await handled()) > 0, { timeoutMs: 40_000 });
  const slow = await waitUntil(
    'it is told who takes long',
    () => {
      const found = inbox.slowHandlers();
      return found.length >= 5 ? found : undefined;
    },
    { timeoutMs: 30_000 },
  );
  expect(slow[0]).toMatchObject({
    handler: 'test.handler',
    topic: it.Happened.topic,
    key: expect.stringMatching(/^key-/),
  });
  expect(it.warnings.map(({ message }) => message)).toContain('a handler takes long');
  expect(it.warnings.find(({ message }) => message === 'a handler takes long')).toMatchObject({
    handler: 'test.handler',
    event_id: expect.any(String),
    key: expect.stringMatching(/^key-/),
  });
}, 120_000);

const stops: [string, Hang, (inbox: Inbox) => Promise<unknown>][] = [
  ['a handler', waits, async () => {}],
  ['a handler whose statement does not end', asks, async () => {}],
  ['a replay', waits, (inbox) => inbox.replay({}, { by: 'test', why: 'test' })],
];

test.each(stops)(
  'a stop ends while %s hangs; what hung counts as no attempt and is done again',
  async (what, hangs, begin) => {
    let inHand = 0;
    const signals: AbortSignal[] = [];
    const isReplay = what === 'a replay';
    let isHanging = true;
    const handler = {
      replayable: true,
      handle: async (data, delivery) => {
        if (isHanging && delivery.replay === isReplay) {
          inHand++;
          signals.push(delivery.signal);
          await hangs(delivery);
        }
        await write(data, delivery);
      },
    } satisfies { replayable: boolean; handle: Handle<{ key: string; n: number }> };
    const inbox = await it.start(handler);
    await it.publish(it.Happened({ key: 'a', n: 1 }));
    if (isReplay) await waitUntil('it is handled', async () => (await handled()) === 1);
    await begin(inbox);
    await waitUntil('it hangs', () => inHand === 1, { timeoutMs: 20_000 });
    const stopping = inbox.stop();
    await waitUntil('it is told', () => signals[0]!.aborted);
    await stopping;
    await noneIsOpen();
    isHanging = false;
    await it.start(handler);
    await waitUntil('it is done again', async () => (await handled()) === (isReplay ? 2 : 1), {
      timeoutMs: 30_000,
    });
    const { rows } = await it.database.pool.query('select attempt from effects order by n');
    expect(rows.at(-1)).toEqual({ attempt: 1 });
    expect(await listParked(it.database.db)).toEqual([]);
  },
  60_000,
);

test('a stop ends while a retry hangs, which then counts as no attempt', async () => {
  let tries = 0;
  await it.start({
    retry: soon,
    handle: async ({ n }, { attempt }) => {
      if (attempt === 1) throw new Error('not yet');
      tries++;
      if (n < 0) await hang.promise;
    },
  });
  await it.publish(it.Happened({ key: 'a', n: -1 }));
  await waitUntil('its retry hangs', () => tries === 1);
  await it.inboxes[0]!.stop();
  await noneIsOpen();
  expect(await listParked(it.database.db)).toMatchObject([{ key: 'a', attempts: 1, state: 'waiting' }]);
}, 60_000);

test('a handler that ends with its signal is done before the stop, and its event is handled after the next start', async () => {
  let isHanging = true;
  const handle: Handle<{ key: string; n: number }> = async (data, delivery) => {
    if (isHanging)
      await new Promise((_, reject) =>
        delivery.signal.addEventListener('abort', () => reject(delivery.signal.reason)),
      );
    await write(data, delivery);
  };
  const inbox = await it.start({ handle });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is in hand', async () => (await openTransactions()) === 1);
  await inbox.stop();
  isHanging = false;
  await it.start({ handle });
  await waitUntil('it is handled', async () => (await handled()) === 1, { timeoutMs: 30_000 });
  expect(await listParked(it.database.db)).toEqual([]);
}, 60_000);
