/**
 * What would go wrong: while the database or the registry is away every event fails, uses up its attempts and lands
 * on the dead-letter topic, although nothing is wrong with any of them.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { RegistryUnavailable } from '@everyhop/kafka';
import { testService, write, type TestService } from './inbox.fixture.ts';
import { isOutage } from './outage.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

test('an outage in the middle of a batch counts as no attempt, and all events are handled once it is over', async () => {
  await it.publish(...[1, 2, 3].map((n) => it.Happened({ key: 'a', n })));
  let failures = 0;
  await it.start({
    retry: { attempts: 1, delayMs: 1, maxDelayMs: 1 },
    handle: async (data, delivery) => {
      await write(data, delivery);
      if (data.n === 2 && failures++ < 3) {
        // The server ends this very connection, as it does when it shuts down.
        const { rows } = await it.database.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and state = 'idle in transaction'`,
        );
        expect(rows.length).toBeGreaterThan(0);
        await write(data, delivery);
      }
    },
  });
  await waitUntil('all are handled', async () => (await it.effects('a')).length >= 3);
  expect(await it.effects('a')).toEqual([1, 2, 3]);
  const { rows } = await it.database.pool.query(`select * from inbox where outcome = 'dead'`);
  expect(rows).toEqual([]);
  expect(failures).toBeGreaterThan(3);
});

test.each([
  [true, 'the registry is away', new RegistryUnavailable({})],
  [true, 'a connection is refused', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  [
    true,
    'several addresses are refused',
    new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]),
  ],
  [
    true,
    'Postgres shuts down',
    Object.assign(new Error('terminating'), { code: '57P01', severity: 'FATAL' }),
  ],
  [true, 'the disk is full', Object.assign(new Error('disk full'), { code: '53100', severity: 'ERROR' })],
  [true, 'a deadlock', Object.assign(new Error('deadlock'), { code: '40P01', severity: 'ERROR' })],
  [true, 'a connection broke', new Error('Connection terminated unexpectedly')],
  [
    false,
    'a constraint is violated',
    Object.assign(new Error('duplicate'), { code: '23505', severity: 'ERROR' }),
  ],
  [false, 'a handler throws', new TypeError('undefined is not a function')],
  [false, 'something else is thrown', 'a string'],
])('outage: %s when %s', (expected, _, error) => {
  expect(isOutage(error)).toBe(expected);
});
