/**
 * What would go wrong: an operator has limited how long a statement or a lock may take. An event that another instance
 * has in its hands meets that limit when it is claimed, is taken for one that can neither be handled nor parked, and
 * ends as a dead letter, to be handled a second time when it is redriven.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { sql } from 'kysely';
import pg from 'pg';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
let other: pg.Client;
beforeEach(async () => {
  it = await testService();
  other = new pg.Client({ connectionString: it.database.url });
  other.on('error', () => {});
  await other.connect();
});
afterEach(async () => {
  await other.end();
  await it.stop();
});

/** Sets it for all sessions that begin from now on, and ends the others. */
async function limit(setting: string) {
  const { rows } = await other.query('select current_database() as name');
  await other.query(`alter database ${rows[0].name} set ${setting}`);
  await other.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);
}

test.each(["lock_timeout = '100ms'", "statement_timeout = '300ms'"])(
  'with %s an event that is in the hands of another instance is waited for, and handled once',
  async (setting) => {
    const event = it.Happened({ key: 'a', n: 1 });
    await it.publish(event, it.Happened({ key: 'b', n: 2 }));
    await limit(setting);
    await other.query('begin');
    await other.query(
      `insert into inbox (handler, event_id, key, attempt) values ('test.handler', $1, 'a', 1)`,
      [event.id],
    );
    const inbox = await it.start({ retry: { attempts: 1 }, handle: write });
    await waitUntil('its partition waits', () => inbox.pausedPartitions().length === 1);
    expect(it.warnings.at(-1)!.message).toContain('what the inbox needs is locked, or slow');
    await other.query('rollback');
    await waitUntil('both are handled', async () => {
      const { rows } = await it.database.pool.query('select from effects');
      return rows.length === 2;
    });
    expect(await it.effects('a')).toEqual([1]);
    expect(await listParked(it.database.db)).toEqual([]);
  },
);

test('an event that fails while its place in the order is in the hands of another instance is parked when it can be', async () => {
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await limit("lock_timeout = '100ms'");
  const inbox = await it.start({
    retry: { attempts: 1 },
    handle: async () => {
      await other.query('begin');
      await other.query('lock table inbox_parked in exclusive mode');
      throw new Error('not today');
    },
  });
  await waitUntil('its partition waits', () => inbox.pausedPartitions().length === 1);
  await inbox.stop();
  await other.query('rollback');
  await it.start({ retry: { attempts: 1 }, handle: write });
  await waitUntil('it is handled', async () => (await it.effects('a')).length === 1);
  expect(await listParked(it.database.db)).toEqual([]);
});

test('what a handler itself waits for in vain is a failure of its event', async () => {
  await it.database.pool.query(`create table stock (sku text); insert into stock values ('mug')`);
  await limit("lock_timeout = '100ms'");
  await other.query('begin');
  await other.query('select from stock for update');
  await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'b', n: 2 }));
  await it.start({
    retry: { attempts: 1 },
    handle: async (data, delivery) => {
      if (data.n === 1) await sql`select from stock for update`.execute(delivery.tx);
      await write(data, delivery);
    },
  });
  await waitUntil('the other is handled', async () => (await it.effects('b')).length === 1);
  await waitUntil('it is dead', async () => (await listParked(it.database.db))[0]?.state === 'dead');
});
