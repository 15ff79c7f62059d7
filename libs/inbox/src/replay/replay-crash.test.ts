/**
 * What would go wrong: the instance that replays is killed; the replay is never finished and its handler stands still
 * for ever, or it begins anew and what it had handled already is counted twice.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { positionsOf } from '@everyhop/kafka/admin';
import { engines, waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listReplays, startReplays } from './replay.ts';
import { replayGroup } from './replay-bounds.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService();
});
afterEach(() => it.stop());

const keys = ['a', 'b', 'c'];
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const publish = (from: number, to: number) =>
  it.publish(...numbers(from, to).flatMap((n) => keys.map((key) => it.Happened({ key, n }))));

async function allHave(count: number) {
  const have = async () => (await Promise.all(keys.map(it.effects))).every(({ length }) => length >= count);
  await waitUntil(`all keys have ${count}`, have, { timeoutMs: 60_000 });
}

/** Runs an instance of the service in a process of its own until it kills itself. */
async function runUntilKilled(killAt: number) {
  const { topic, version, schema } = it.Happened;
  const child = spawn(process.execPath, ['--conditions=everyhop-source', 'replay-crash.fixture.ts'], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      SERVICE: it.service,
      DATABASE_URL: it.database.url,
      EVENT: JSON.stringify({ topic, key: 'key', version, schema }),
      KILL_AT: String(killAt),
    },
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

test('killed in the middle, a replay is gone on with by the next instance, and each event is handled once', async () => {
  const handler = { replayable: true, handle: write };
  const first = await it.start(handler);
  await publish(1, 400);
  await allHave(400);
  await first.stop();
  await it.database.pool.query('truncate effects');
  const mine = { id: 'test.handler', replayable: true } as Parameters<typeof startReplays>[1][number];
  const [replay] = await startReplays(it.database.db, [mine], {}, { by: 'ops', why: 'lost' });
  await runUntilKilled(1_100);

  const [before] = await listReplays(it.database.db);
  const groupId = replayGroup(it.service, replay!.id);
  const [position] = await positionsOf({ ...engines, groupId, topic: it.Happened.topic });
  expect(before).toMatchObject({ state: 'running', failure: null });
  // Some of what it handled it had not committed to Kafka: that is delivered again.
  expect(before!.handled).toBeGreaterThan(Number(position!.next));
  expect(before!.handled).toBeLessThan(1_200);

  await publish(401, 410);
  await it.start(handler);
  await allHave(410);
  for (const key of keys) expect(await it.effects(key)).toEqual(numbers(1, 410));
  expect((await listReplays(it.database.db))[0]).toMatchObject({ state: 'finished', handled: 1_200 });
}, 120_000);

test('when the instance that replays leaves, another goes on', async () => {
  const first = await it.start({
    replayable: true,
    handle: async (data, delivery) => {
      if (delivery.replay && data.n > 10) throw new Error('not here');
      await write(data, delivery);
    },
  });
  await publish(1, 20);
  await allHave(20);
  const second = await it.start({ replayable: true, handle: write });
  await it.database.pool.query('truncate effects');
  await first.replay({}, { by: 'ops', why: 'lost' });
  await waitUntil('it has done what it can', async () => (await listReplays(it.database.db))[0]!.failure);
  await first.stop();
  // It looks by itself too, once a minute.
  second.wake();
  await allHave(20);
  for (const key of keys) expect(await it.effects(key)).toEqual(numbers(1, 20));
}, 120_000);
