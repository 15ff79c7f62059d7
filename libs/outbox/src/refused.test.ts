/** What would go wrong: one row that the broker never accepts is retried for ever, and everything waits behind it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';
import { discardRefused, listRefused, redriveRefused } from './refused.ts';

let it: TestOutbox;
beforeEach(async () => {
  it = await testOutbox();
});
afterEach(() => it.stop());

/** Publishes 1, 2, 3 of key `a` and 1 of key `b`; number 2 is too large for the broker. */
async function publishWithOneRefused() {
  for (const n of [1, 2, 3]) await it.publish(undefined, 'a', n);
  // Past the author's check, as after the topic's limit was lowered.
  await it.database.pool.query(
    `update outbox set payload = payload || decode(repeat('00', 1500000), 'hex') where sequence = 2`,
  );
  const relay = it.startRelay();
  await it.publish(relay, 'b', 1);
  const [refused] = await waitUntil('it is set aside', async () => {
    const list = await listRefused(it.database.pool);
    return list.length > 0 ? list : undefined;
  });
  await waitUntil('the others have left', () => it.arrived.length >= 2);
  return { relay, refused: refused! };
}

test('it is set aside with the reason, its key waits, and others go on', async () => {
  const { refused } = await publishWithOneRefused();
  expect(refused).toMatchObject({ key: 'a', topic: it.Happened.topic, behind: 1 });
  expect(refused.reason).toMatch(/larger than the max/);
  expect(it.arrived.map(({ key, n }) => `${key}${n}`).sort()).toEqual(['a1', 'b1']);
});

test('redriven after its cause is mended, it leaves, and its followers behind it', async () => {
  const { relay, refused } = await publishWithOneRefused();
  await it.database.pool.query(
    'update outbox set payload = substr(payload, 1, length(payload) - 1500000) where sequence = 2',
  );
  expect(await redriveRefused(it.database.pool, [refused.id])).toBe(1);
  relay.wake();
  await waitUntil('all have arrived', () => it.arrivedOf('a').length >= 3);
  expect(it.arrivedOf('a').map(({ n }) => n)).toEqual([1, 2, 3]);
});

test('discarded, it is gone, and its followers leave', async () => {
  const { relay, refused } = await publishWithOneRefused();
  expect(await discardRefused(it.database.pool, [refused.id])).toBe(1);
  relay.wake();
  await waitUntil('the follower has arrived', () => it.arrivedOf('a').length >= 2);
  expect(it.arrivedOf('a').map(({ n }) => n)).toEqual([1, 3]);
});
