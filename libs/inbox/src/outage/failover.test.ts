/**
 * What would go wrong: a failover leaves a moment in which new connections lead to a server that can only read, and a
 * service keeps such a connection, since it answers, long after there is a better one.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { poolOptions } from '@everyhop/postgres';
import { olderPostgres, waitUntil } from '@everyhop/testing';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { defaultPolicy } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { Inbox } from '../inbox.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

/** From here on new connections can write, or can't, and there are no others. */
async function failOver(to: 'reading' | 'writing') {
  const { url } = it.database;
  const database = new URL(url).pathname.slice(1);
  const setting = to === 'reading' ? 'set default_transaction_read_only = on' : 'reset all';
  // The service's own connections are refused.
  const operator = new pg.Client({ connectionString: url });
  operator.on('error', () => {});
  await operator.connect();
  await operator.query('set default_transaction_read_only = off');
  await operator.query(`alter database ${database} ${setting}`);
  if (to === 'reading')
    await operator.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
  await operator.end();
}

test('over a failover and back no event is parked or handled twice, and all go on as soon as one can write', async () => {
  const inbox = await it.start({ retry: { attempts: 1 }, handle: write });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('the first is handled', async () => (await it.effects('a')).length === 1);
  await failOver('reading');
  await it.send({ key: 'x', value: Buffer.from('nobody can read this, which is to be noted') });
  const waits = () => inbox.pausedPartitions().length === 1;
  await waitUntil('its partition waits', waits);
  const refused = () => it.warnings.filter(({ err }: any) => err?.code === '25006').length > 0;
  await waitUntil('a session that can only read was refused', refused);
  await failOver('writing');
  await waitUntil('its partition goes on', () => !waits(), { timeoutMs: 10_000 });
  await it.publish(it.Happened({ key: 'a', n: 2 }), it.Happened({ key: 'b', n: 3 }));
  for (const [key, count] of [
    ['a', 2],
    ['b', 1],
  ] as const)
    await waitUntil('those after it are handled', async () => (await it.effects(key)).length >= count);
  expect(await it.effects('a')).toEqual([1, 2]);
  expect(await listParked(it.database.db)).toMatchObject([{ handler: '' }]);
});

test('an inbox on a server that is too old does not start, and says so', async () => {
  await using older = await olderPostgres(it.database.url);
  for (const options of [{}, poolOptions]) {
    const pool = new pg.Pool({ connectionString: older.url, ...options });
    const { service, registry, Happened } = it;
    const handlers = [{ ...defaultPolicy, id: 'test.handler', event: Happened, handle: write }];
    const db = new Kysely<any>({ dialect: new PostgresDialect({ pool }) });
    const inbox = new Inbox({ service, registry, db, kafka: { brokers: [] }, handlers });
    await expect(inbox.start()).rejects.toThrow(/^PostgreSQL 18 or newer is needed, this is 15/);
    await pool.end();
  }
});
