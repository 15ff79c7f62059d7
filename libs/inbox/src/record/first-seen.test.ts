/**
 * What would go wrong: a service that comes late, to a topic whose first records have expired or were compacted, takes the
 * first event of each key for a gap, warns of all of them, and with `onGap: 'park'` handles none.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { expire } from '../expire.fixture.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';
import { forgetKeys } from '../ledger/sequence-retention.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

const keys = ['a', 'b', 'c', 'd'];

/** Publishes these numbers for each key, one after the other. */
async function publish(from: number, to: number) {
  for (let n = from; n <= to; n++) {
    await it.publish(...keys.map((key) => it.Happened({ key, n })));
    await waitUntil('all are on the topic', async () => {
      return (await it.database.pool.query('select from outbox')).rowCount === 0;
    });
  }
}

async function allHandled(numbers: number[]) {
  const effects = () => Promise.all(keys.map((key) => it.effects(key)));
  await waitUntil('the last are handled', async () =>
    (await effects()).every((ofKey) => ofKey.includes(numbers.at(-1)!)),
  );
  expect(await effects()).toEqual(keys.map(() => numbers));
}

const gaps = () => it.warnings.filter(({ message }) => message.includes('in the events of a key'));

test.each(['accept', 'park'] as const)(
  'onGap: %s; what expired before a service came is no gap',
  async (onGap) => {
    await publish(1, 5);
    await expire(it.Happened.topic, '12');
    await it.start({ onGap, handle: write });
    await allHandled([4, 5]);
    expect(gaps()).toEqual([]);
    expect(await listParked(it.database.db)).toEqual([]);
  },
);

test('what expired while a service was away is a gap: of these keys it knows how far they were', async () => {
  const inbox = await it.start({ onGap: 'park', handle: write });
  await publish(1, 1);
  await allHandled([1]);
  await inbox.stop();
  await publish(2, 3);
  await expire(it.Happened.topic, '8');
  await it.start({ onGap: 'park', handle: write });
  await waitUntil('all are parked', async () => (await listParked(it.database.db)).length === keys.length);
  const found = gaps().toSorted((one, other) => String(one['key']).localeCompare(String(other['key'])));
  expect(found).toMatchObject(keys.map((key) => ({ key, expected: '2', found: '3' })));
  await allHandled([1]);
});

test('between the first events that are seen of a key a missing one is a gap, also in one batch', async () => {
  await publish(1, 2);
  await it.database.pool.query(`update outbox_sequence set last = 6 where key = 'b'`);
  await publish(3, 3);
  await expire(it.Happened.topic, '4');
  await it.start({ handle: write });
  await allHandled([2, 3]);
  expect(gaps()).toMatchObject([{ key: 'b', expected: '3', found: '7' }]);
});

test('a key of which nothing has come for long is forgotten, and what comes of it then is no gap; others are not', async () => {
  await it.start({ onGap: 'park', handle: write });
  await publish(1, 1);
  await allHandled([1]);
  const { pool, db } = it.database;
  // More than are looked at in one transaction.
  await pool.query(`insert into inbox_sequence (topic, key, last, seen_at)
    select 'old', 'old' || n, 1, now() - interval '15 days' from generate_series(1, 150000) as n`);
  await pool.query(`update inbox_sequence set seen_at = now() - interval '15 days' where key = 'a'`);
  expect(await forgetKeys(db, '14d')).toBe(150_001);
  const { rows } = await pool.query('select key from inbox_sequence order by key');
  expect(rows.map(({ key }) => key)).toEqual(['b', 'c', 'd']);
  await pool.query(`update outbox_sequence set last = 9 where key = 'a'`);
  await publish(2, 2);
  await allHandled([1, 2]);
  expect(gaps()).toEqual([]);
}, 60_000);
