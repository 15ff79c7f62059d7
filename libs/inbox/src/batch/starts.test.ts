/**
 * What would go wrong: an event whose handling ends the process (it aborts, runs out of memory, or never yields and is
 * killed for that) is delivered again at the next start, and ends that, and so on: its partition stands still for ever.
 * Or good events are given up, because somebody killed the process a few times while they were in hand.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked, redriveParked } from '../parking/parked.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService();
});
afterEach(() => it.stop());

/** Starts an instance of the service in a process of its own. */
function start(end: 'abort' | 'exit' | 'hold', killer: number) {
  const { topic, version, schema } = it.Happened;
  return spawn(process.execPath, ['--conditions=everyhop-source', 'starts.fixture.ts'], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      SERVICE: it.service,
      DATABASE_URL: it.database.url,
      EVENT: JSON.stringify({ topic, key: 'key', version, schema }),
      KILLER: String(killer),
      END: end,
    },
  });
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const publish = (...of: number[]) =>
  it.publish(...of.map((n) => it.Happened({ key: n === 5 ? 'bad' : 'good', n })));
const rows = async (table: string) => (await it.database.pool.query(`select * from ${table}`)).rows;

/** Starts the service again and again until the record behind the one that ends it is handled; returns how often. */
async function startUntilHandled(end: 'abort' | 'exit', last: number): Promise<number> {
  for (let starts = 1; ; starts++) {
    const child = start(end, 5);
    const ended = once(child, 'exit').then(() => 'ended');
    const handled = waitUntil(
      'all others are handled',
      async () => (await it.effects('good')).includes(last),
      {
        timeoutMs: 60_000,
      },
    ).then(() => 'handled');
    const outcome = await Promise.race([ended, handled.catch(() => 'neither')]);
    if (outcome === 'ended') {
      expect(starts).toBeLessThan(8);
      continue;
    }
    child.kill();
    await ended;
    expect(outcome).toBe('handled');
    return starts;
  }
}

test.each(['abort', 'exit'] as const)(
  'an event whose handler calls process.%s is set aside after three starts with nothing beside it',
  async (end) => {
    await publish(...numbers(1, 9));
    // Once together with the others, three times alone.
    expect(await startUntilHandled(end, 9)).toBe(5);
    expect(await it.effects('good')).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
    const parked = await listParked(it.database.db);
    expect(parked).toMatchObject([{ key: 'bad', state: 'dead', attempts: 3 }]);
    expect(parked[0]!.reason).toBe(
      'at each of 3 starts the process ended while it handled nothing but this: mend its handler, then redrive it',
    );
    // Its followers wait, and a mended handler gets it. This also wakes the relay, which knows nothing of the others' rows.
    await it.publish(it.Happened({ key: 'bad', n: 10 }));
    const [letter] = await it.deadLetters(1);
    expect(letter!.headers).toMatchObject({
      dead_letter_error: 'EndedItsProcess',
      dead_letter_handler: 'test.handler',
    });
    const inbox = await it.start({ handle: write });
    await waitUntil('its follower waits', async () => (await listParked(it.database.db)).length === 2);
    await redriveParked(it.database.db, {}, { by: 'ada', why: 'mended' });
    inbox.wake();
    await waitUntil('both are handled', async () => (await it.effects('bad')).length === 2);
    expect(await it.effects('bad')).toEqual([5, 10]);
    expect(await rows('inbox_start')).toEqual([]);
  },
  300_000,
);

test('a process that is killed from outside three times while a batch is in hand gives up nothing', async () => {
  await publish(...numbers(1, 9));
  for (const held of [7, 3, 8]) {
    const child = start('hold', held);
    const ended = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) if (line === 'holding') break;
    child.kill('SIGKILL');
    await ended;
  }
  await it.start({ handle: write });
  await waitUntil('all are handled', async () => (await it.effects('good')).includes(9), {
    timeoutMs: 60_000,
  });
  expect(await it.effects('good')).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
  expect(await it.effects('bad')).toEqual([5]);
  expect(await listParked(it.database.db)).toEqual([]);
}, 300_000);

test('nothing is noted once a process is through with what it has fetched first', async () => {
  await publish(1, 2);
  await it.start({ handle: write });
  await waitUntil('it is handled', async () => (await it.effects('good')).includes(2));
  await waitUntil('the note is gone', async () => (await rows('inbox_start')).length === 0);
  const writes = async () =>
    (
      await it.database.pool.query(
        `select n_tup_ins from pg_stat_force_next_flush(), pg_stat_user_tables where relname = 'inbox_start'`,
      )
    ).rows;
  const before = await writes();
  await publish(3);
  await waitUntil('it is handled', async () => (await it.effects('good')).includes(3));
  expect(await writes()).toEqual(before);
});
