/**
 * What would go wrong: when instances join and leave under load, partitions change hands in the middle of a batch, and
 * events are lost, handled twice, or handled by two instances side by side.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from './inbox.fixture.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService({ partitions: 6 });
});
afterEach(() => it.stop());

const keys = Array.from({ length: 12 }, (_, n) => `key-${n}`);
const numbers = (length: number) => Array.from({ length }, (_, n) => n + 1);

async function handled(): Promise<number> {
  const { rows } = await it.database.pool.query('select count(*)::int as n from effects');
  return rows[0].n;
}

test('from one instance to three and back to one under load: all once, each key in order', async () => {
  const rounds = 60;
  const first = await it.start({ handle: write });
  const publishing = (async () => {
    for (const n of numbers(rounds)) await it.publish(...keys.map((key) => it.Happened({ key, n })));
  })();
  await waitUntil('the first is at work', async () => (await handled()) > 0);
  const second = await it.start({ handle: write });
  const third = await it.start({ handle: write });
  await waitUntil('all have joined', () => second.isReady() && third.isReady());
  const before = await handled();
  await first.stop();
  await second.stop();
  await publishing;
  await waitUntil('all is handled', async () => (await handled()) >= rounds * keys.length, {
    timeoutMs: 60_000,
  });
  for (const key of keys) expect(await it.effects(key)).toEqual(numbers(rounds));
  expect(before).toBeGreaterThan(0);
}, 120_000);

test('an instance that stops leaves nothing half done: its successor begins right behind it', async () => {
  const first = await it.start({ handle: write });
  const publishing = (async () => {
    for (const n of numbers(30)) await it.publish(...keys.map((key) => it.Happened({ key, n })));
  })();
  await waitUntil('it is at work', async () => (await handled()) > 0);
  await first.stop();
  const { rows } = await it.database.pool.query('select count(*)::int as n from inbox');
  expect(rows[0].n).toBe(await handled());
  await it.start({ handle: write });
  await publishing;
  await waitUntil('all is handled', async () => (await handled()) >= 30 * keys.length);
  for (const key of keys) expect(await it.effects(key)).toEqual(numbers(30));
  const duplicates = it.warnings.filter(({ message }) => message.includes('in the events of a key'));
  expect(duplicates).toEqual([]);
}, 60_000);
