/** What would go wrong: a service to which nothing happens keeps its database busy all day. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';

let it: TestOutbox;
beforeEach(async () => {
  it = await testOutbox();
});
afterEach(() => it.stop());

/** When the relay last said something to its database. */
async function lastStatement(): Promise<string> {
  const { rows } = await it.database.pool.query(
    `select state_change::text as at from pg_stat_activity
     where application_name = 'outbox relay' and datname = current_database()`,
  );
  return rows[0]?.at;
}

test('an idle relay asks less and less', async () => {
  const relay = it.startRelay({ poll: { min: 1, max: 3_600_000, shared: 3_600_000 } });
  await it.publish(relay, 'a', 1);
  await waitUntil('it has sent', () => it.arrived.length === 1);
  await waitUntil('it has said nothing while it was looked at 300 times', async () => {
    const before = await lastStatement();
    for (let n = 0; n < 300; n++) if ((await lastStatement()) !== before) return false;
    return before !== undefined;
  });
  await it.publish(relay, 'a', 2);
  await waitUntil('it is awake at once', () => it.arrived.length === 2);
  expect(await it.waiting()).toBe(0);
});
