/**
 * What would go wrong: an event ends the process that tries it, not when it is delivered but when it is retried, redriven
 * or replayed. It is tried first at each start, so the service never comes up for long enough to be told to discard it.
 * Or an event that was beside it, or in hand when somebody killed the process, is given up instead.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { Permanent } from '../handler/errors.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked, redriveParked } from '../parking/parked.ts';
import { cancelReplay, listReplays, startReplays } from '../replay/replay.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService();
});
afterEach(() => it.stop());

const operator = { by: 'ada', why: 'tried' };
const mostStarts = 8;

/** Starts an instance of the service in a process of its own, of which event 5 is the end. */
function start(end: 'abort' | 'exit' | 'hold') {
  const { topic, version, schema } = it.Happened;
  return spawn(process.execPath, ['--conditions=everyhop-source', '../batch/starts.fixture.ts'], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      SERVICE: it.service,
      DATABASE_URL: it.database.url,
      EVENT: JSON.stringify({ topic, key: 'key', version, schema }),
      KILLER: '5',
      END: end,
    },
  });
}

/** Starts the service again and again until `isDone`; returns how many processes have ended before. */
async function startUntil(end: 'abort' | 'exit', isDone: () => Promise<boolean>): Promise<number> {
  for (let ended = 0; ; ended++) {
    expect(ended).toBeLessThan(mostStarts);
    const child = start(end);
    const exited = once(child, 'exit');
    const isOver = () => child.exitCode !== null || child.signalCode !== null;
    await waitUntil('it is done, or has ended', async () => isOver() || (await isDone()), {
      timeoutMs: 60_000,
    });
    if (isOver()) continue;
    child.kill();
    await exited;
    return ended;
  }
}

/** Has five events parked, of which the last is to be the end of processes. */
async function parkFive(error: Error, retry: { delayMs?: number; inPlace?: number }) {
  const inbox = await it.start({
    retry,
    handle: () => {
      throw error;
    },
  });
  await it.publish(...[1, 2, 3, 4, 5].map((n) => it.Happened({ key: `key-${n}`, n })));
  await waitUntil('all are parked', async () => (await listParked(it.database.db)).length === 5);
  await inbox.stop();
}
const isDead = async () => (await listParked(it.database.db, { state: 'dead', key: 'key-5' })).length === 1;
const othersAreHandled = async () => (await it.database.pool.query('select from effects')).rowCount === 4;
const isSetAside = async () => (await isDead()) && (await othersAreHandled());

test.each([
  ['retried', 'exit', new Error('not yet'), { delay: 2_000, inPlace: 1 }],
  ['redriven', 'abort', new Permanent('never'), {}],
] as const)(
  'an event that ends each process in which it is %s is dead, and nothing else is',
  async (how, end, error, retry) => {
    await parkFive(error, retry);
    if (how === 'redriven') await redriveParked(it.database.db, {}, operator);
    // Once as any other, three times alone.
    expect(await startUntil(end, isSetAside)).toBe(4);
    expect(await listParked(it.database.db)).toMatchObject([{ key: 'key-5', state: 'dead' }]);
    expect((await listParked(it.database.db))[0]!.reason).toMatch(/^at each of 3 starts the process ended/);
    await redriveParked(it.database.db, {}, operator);
    await it.start({ handle: write });
    await waitUntil('a mended handler handles it', async () => (await it.effects('key-5')).length === 1);
  },
  300_000,
);

test('an event that somebody kills the process on three times while it is retried is not given up', async () => {
  await parkFive(new Permanent('never'), {});
  await redriveParked(it.database.db, { key: 'key-5' }, operator);
  for (let kills = 0; kills < 3; kills++) {
    const child = start('hold');
    const ended = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) if (line === 'holding') break;
    child.kill('SIGKILL');
    await ended;
  }
  await it.start({ handle: write });
  await waitUntil('it is handled', async () => (await it.effects('key-5')).length === 1);
});

test('a replay whose event ends each process waits and says so, and can be cancelled and begun again', async () => {
  const handler = { replayable: true, handle: write };
  const first = await it.start(handler);
  await it.publish(...[1, 2, 3, 4, 5, 6].map((n) => it.Happened({ key: 'a', n })));
  await waitUntil('all are handled', async () => (await it.effects('a')).length === 6);
  await first.stop();
  const mine = { id: 'test.handler', replayable: true } as Parameters<typeof startReplays>[1][number];
  const [replay] = await startReplays(it.database.db, [mine], {}, operator);
  const failure = async () =>
    (await listReplays(it.database.db)).find(({ id }) => id === replay!.id)!.failure;
  // Once with the others of its batch, three times alone.
  expect(await startUntil('exit', async () => (await failure()) !== null)).toBe(4);
  expect(await failure()).toMatch(
    /^record .*\/0\/4: at each of 3 starts the process ended while it handled nothing but this: .*cancel the replay/,
  );
  expect(await it.effects('a')).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4]);
  const inbox = await it.start(handler);
  await cancelReplay(it.database.db, replay!.id, operator);
  await inbox.replay({}, operator);
  await waitUntil('the next one ends', async () =>
    (await listReplays(it.database.db)).some(({ state, handled }) => state === 'finished' && handled === 6),
  );
  await waitUntil(
    'no note is left',
    async () => (await it.database.pool.query('select from inbox_start')).rowCount === 0,
  );
}, 300_000);
