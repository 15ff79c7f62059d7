/** What would go wrong: one row that the broker never accepts is retried for ever, and everything waits behind it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';
import { discardRefused, listRefused, redriveRefused, type RefusedEvent } from './refused.ts';

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
    const list = await listRefused(it.database.db);
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
  expect(await redriveRefused(it.database.db, [refused.id])).toBe(1);
  relay.wake();
  await waitUntil('all have arrived', () => it.arrivedOf('a').length >= 3);
  expect(it.arrivedOf('a').map(({ n }) => n)).toEqual([1, 2, 3]);
});

test('discarded, it is gone, and its followers leave', async () => {
  const { relay, refused } = await publishWithOneRefused();
  expect(await discardRefused(it.database.db, [refused.id])).toBe(1);
  relay.wake();
  await waitUntil('the follower has arrived', () => it.arrivedOf('a').length >= 2);
  expect(it.arrivedOf('a').map(({ n }) => n)).toEqual([1, 3]);
});

test('of many the oldest that fit are listed, each with how many wait behind it', async () => {
  const { pool } = it.database;
  for (const [key, count] of Object.entries({ a: 1, b: 4, c: 2, d: 3 }))
    for (let n = 1; n <= count; n++) await it.publish(undefined, key, n);
  await pool.query(`update outbox set refused = 'Too large: ' || aggregateid where sequence = 1`);
  const summary = (events: RefusedEvent[]) => events.map(({ key, behind }) => `${key} ${behind}`);

  const all = await listRefused(it.database.db);
  expect(summary(all)).toEqual(['a 0', 'b 3', 'c 1', 'd 2']);
  expect(summary(await listRefused(it.database.db, {}, 2))).toEqual(['a 0', 'b 3']);
  const { topic } = it.Happened;
  for (const filter of [
    { key: 'c' },
    { reason: 'too large: C' },
    { eventId: all[2]!.id },
    { topic, key: 'c' },
  ])
    expect(summary(await listRefused(it.database.db, filter))).toEqual(['c 1']);
  for (const filter of [{ topic: 'another' }, { eventId: 'no id' }, { key: 'c', reason: 'a%' }])
    expect(await listRefused(it.database.db, filter)).toEqual([]);
});
