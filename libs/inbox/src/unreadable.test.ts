/** What would go wrong: a record that nobody can read is given up, but the dead letter about it stays behind. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from './inbox.fixture.ts';

const never = { min: 3_600_000, max: 3_600_000, shared: 3_600_000 };

let it: TestService;
beforeEach(async () => {
  it = await testService({ poll: never });
});
afterEach(() => it.stop());

const count = async (table: string) =>
  Number((await it.database.pool.query(`select count(*) from ${table}`)).rows[0].count);

test('the dead letter of a record without an envelope is sent at once, without a poll', async () => {
  await it.start({ handle: write });
  await it.send({ value: Buffer.from('hello') });
  await waitUntil('it is given up', async () => (await count('inbox_parked')) === 1);
  await waitUntil('its dead letter is sent', async () => (await count('outbox')) === 0);
  const { rows } = await it.database.pool.query('select state, blocks, reason from inbox_parked');
  expect(rows).toEqual([{ state: 'dead', blocks: false, reason: expect.stringContaining('is missing') }]);
});
