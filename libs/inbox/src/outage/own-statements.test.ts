/**
 * What would go wrong: a missing grant, or a table that a bad migration changed, is taken for a fault of each event: all
 * of them are dead-lettered at full speed, and after mending it they are handled a second time.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { poolOptions } from '@everyhop/postgres';
import { waitUntil } from '@everyhop/testing';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked, redriveParked } from '../parking/parked.ts';

let it: TestService;
let owner: pg.Pool;
let role: string;
let limited: pg.Pool;

// The service has a role of its own, which may do only what it is granted.
beforeEach(async () => {
  it = await testService();
  owner = it.database.pool;
  role = `role_${randomBytes(6).toString('hex')}`;
  await owner.query(`
    create role ${role} login password 'secret';
    grant all on all tables in schema public to ${role};
    grant all on all sequences in schema public to ${role}`);
  const address = new URL(it.database.url);
  [address.username, address.password] = [role, 'secret'];
  limited = new pg.Pool({ connectionString: address.href, ...poolOptions });
});
afterEach(async () => {
  for (const inbox of it.inboxes.splice(0)) await inbox.stop();
  await limited.end();
  await owner.query(`drop owned by ${role}; drop role ${role}`);
  await it.stop();
});

const start = (handler: Parameters<TestService['start']>[0]) =>
  it.startWith(
    { db: new Kysely<any>({ dialect: new PostgresDialect({ pool: limited }) }) },
    { retry: { attempts: 2 }, ...handler },
  );
const inboxOf = async () => (await owner.query('select handler, outcome from inbox')).rows;
const effects = async () => (await owner.query('select key from effects order by key')).rows;
const keys = Array.from({ length: 10 }, (_, n) => `key ${n}`);
const publishTen = () => it.publish(...keys.map((key, n) => it.Happened({ key, n })));
const isPaused = () => waitUntil('its partition waits', () => it.inboxes[0]!.pausedPartitions().length > 0);
const warned = (what: string) =>
  waitUntil(`it is said that ${what}`, () => it.warnings.some(({ message }) => message.includes(what)));

/** What breaks all events, what is said of it, and how it is mended. */
const broken: [what: string, breaking: string, said: string, mending: string][] = [
  [
    'a right to insert',
    'revoke insert on inbox_sequence from ROLE',
    'permission denied for table inbox_sequence; grant it',
    'grant insert on inbox_sequence to ROLE',
  ],
  [
    'a right to claim',
    'revoke insert on inbox from ROLE',
    'permission denied',
    'grant insert on inbox to ROLE',
  ],
  [
    'a right to look',
    'revoke select on inbox_parked from ROLE',
    'permission denied for table inbox_parked',
    'grant select on inbox_parked to ROLE',
  ],
  [
    'a column',
    'alter table inbox_sequence rename column seen_at to seen',
    'apply all migrations',
    'alter table inbox_sequence rename column seen to seen_at',
  ],
  [
    'a table',
    'alter table inbox rename to outbox_of_old',
    'relation "inbox" does not exist',
    'alter table outbox_of_old rename to inbox',
  ],
  [
    'a table that holds',
    'alter table inbox_sequence add check (last > 1000000)',
    'violates check constraint',
    'alter table inbox_sequence drop constraint inbox_sequence_last_check',
  ],
];

test.each(broken)('without %s no event is to blame: all wait, and are handled once', async (_, ...how) => {
  const [breaking, said, mending] = how.map((text) => text.replace('ROLE', role));
  await owner.query(breaking!);
  await start({ handle: write });
  await publishTen();
  await isPaused();
  await warned(said!);
  await owner.query(mending!);
  await waitUntil('all are handled', async () => (await effects()).length === 10);
  expect(await inboxOf()).toEqual(keys.map(() => ({ handler: 'test.handler', outcome: 'handled' })));
  expect(await listParked(it.database.db)).toEqual([]);
  expect((await owner.query('select from outbox')).rowCount).toBe(0);
});

test.each([
  ['publish what it returns', 'outbox_sequence', async () => it.Followed({ key: 'a', n: 1 })],
  [
    'be parked',
    'inbox_parked',
    async () => {
      throw new Error('not yet');
    },
  ],
  [
    'have its failure noted',
    'inbox_history',
    async () => {
      throw new Error('not yet');
    },
  ],
])('an event that cannot %s, as the service may not write there, waits uncounted', async (_, table, fail) => {
  await owner.query(`revoke insert on ${table} from ${role}`);
  let isMended = false;
  await start({
    handle: async (data, delivery) => {
      if (!isMended) return fail();
      await write(data, delivery);
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await warned(`permission denied for table ${table}`);
  await isPaused();
  expect(await inboxOf()).toEqual([]);
  isMended = true;
  await owner.query(`grant insert on ${table} to ${role}`);
  await waitUntil('it is handled', async () => (await effects()).length === 1);
});

test.each(['inbox_sequence', 'outbox_sequence'])(
  'a parked event is tried again uncounted until the service may write to %s',
  async (table) => {
    let isParked = false;
    let isMended = false;
    let tries = 0;
    await start({
      // Long enough for the right to be taken away before it is tried again.
      retry: { attempts: 3, inPlace: 1, delay: 6_000 },
      handle: async (data, delivery) => {
        tries++;
        if (!isParked) throw new Error('not yet');
        await write(data, delivery);
        if (table === 'outbox_sequence' || isMended) return it.Followed({ key: 'a', n: 1 });
        throw Object.assign(new Error('as if it were gone'), { code: 'ECONNREFUSED' });
      },
    });
    await it.publish(it.Happened({ key: 'a', n: 1 }));
    await waitUntil('it is parked', async () => (await listParked(it.database.db)).length === 1);
    await owner.query(`revoke insert on ${table} from ${role}`);
    isParked = true;
    const before = tries;
    await waitUntil('it is tried again', () => tries > before);
    await warned(`permission denied for table ${table}`);
    expect(await listParked(it.database.db)).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    isMended = true;
    await owner.query(`grant insert on ${table} to ${role}`);
    await waitUntil('it is handled', async () => (await effects()).length === 1);
  },
);

test('a record that cannot be read waits, too, when it cannot be given up', async () => {
  await owner.query(`revoke insert on outbox from ${role}`);
  await start({ handle: write });
  await it.send({ value: Buffer.from('hello') });
  await isPaused();
  await warned('permission denied for table outbox;');
  await owner.query(`grant insert on outbox to ${role}`);
  await waitUntil('it is given up', async () => (await listParked(it.database.db)).length === 1);
});

test('a right that only a statement of a handler misses is a failure of its events', async () => {
  await owner.query(`create table secrets (n int)`);
  await start({
    handle: async (data, delivery) => {
      if (data.n === 0) await delivery.tx.insertInto('secrets').values({ n: 1 }).execute();
      await write(data, delivery);
    },
  });
  await publishTen();
  await waitUntil('the others are handled', async () => (await effects()).length === 9);
  const [dead] = await waitUntil('it is dead', async () => {
    const found = await listParked(it.database.db, { state: 'dead' });
    return found.length > 0 && found;
  });
  expect(dead).toMatchObject({ key: 'key 0', reason: 'permission denied for table secrets' });
  await owner.query(`grant insert on secrets to ${role}`);
  await redriveParked(it.database.db, {}, { by: 'ada', why: 'granted' });
  it.inboxes[0]!.wake();
  await waitUntil('it is handled', async () => (await effects()).length === 10);
});
