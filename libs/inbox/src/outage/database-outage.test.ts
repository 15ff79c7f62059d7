/**
 * What would go wrong: while the database or the registry is away every event fails, uses up its attempts and lands
 * on the dead-letter topic, although nothing is wrong with any of them.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitUntil } from '@everyhop/testing';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

test('an outage in the middle of a batch counts as no attempt, and all events are handled once it is over', async () => {
  await it.publish(...[1, 2, 3].map((n) => it.Happened({ key: 'a', n })));
  let failures = 0;
  await it.start({
    retry: { attempts: 1 },
    handle: async (data, delivery) => {
      await write(data, delivery);
      if (data.n === 2 && failures++ < 3) {
        // The server ends this very connection, as it does when it shuts down.
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(delivery.tx);
        await it.database.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
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

test('while the database is too slow even to park, the partition waits', async () => {
  await it.database.pool.query(`
    create function time_out() returns trigger language plpgsql as $$
      begin raise exception 'canceling statement' using errcode = 'query_canceled'; end $$;
    create trigger slow before insert on inbox_parked for each row when (new.state = 'waiting')
      execute function time_out()`);
  const inbox = await it.start({
    retry: { inPlace: 1, delay: 60_000 },
    handle: async () => {
      throw new Error('it never works');
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('its partition waits', () => inbox.pausedPartitions().length > 0);
  await it.database.pool.query('drop trigger slow on inbox_parked');
  await waitUntil('it is parked', async () => (await listParked(it.database.db)).length > 0);
  expect(await listParked(it.database.db)).toMatchObject([{ attempts: 1, reason: 'it never works' }]);
  await waitUntil('its partition goes on', () => inbox.pausedPartitions().length === 0);
});
