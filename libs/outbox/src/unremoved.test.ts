/**
 * What would go wrong: a relay that can't remove what it has sent sends it again, and again, as after a failover to a
 * server that can only read: 47 events became 1,574 records.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Producer } from '@everyhop/kafka';
import { waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';

let it: TestOutbox;
let database: string;
const often = { min: 20, max: 20, shared: 20 };
beforeEach(async () => {
  it = await testOutbox();
  database = new URL(it.database.url).pathname.slice(1);
});
afterEach(() => it.stop());

const keys = ['a', 'b', 'c', 'd', 'e'];
const publishAll = () => Promise.all(keys.map((key, n) => it.publish(undefined, key, n)));
const emptied = () => waitUntil('the outbox is empty', async () => (await it.waiting()) === 0);
const allOnce = () => {
  expect(it.arrived.map(({ key }) => key).toSorted()).toEqual(keys);
};
/** Cuts the sessions of relays, as a failover does. Returns how many there were. */
async function cut(): Promise<number> {
  const { rowCount } = await it.database.pool.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'outbox relay' and datname = current_database()`);
  return rowCount!;
}

test('a relay whose connection is lost between sending and removing sends nothing twice', async () => {
  let cuts = 0;
  const send = (producer: Producer) => async (records: Parameters<Producer['send']>[0]) => {
    await producer.send(records);
    if (cuts >= 3) return;
    const ended = await cut();
    cuts += ended;
  };
  await publishAll();
  it.startRelay({ poll: often, send });
  await emptied();
  expect(cuts).toBeGreaterThan(0);
  await it.publish(undefined, 'f', 6);
  await emptied();
  await waitUntil('all have arrived', () => it.arrivedOf('f').length > 0);
  expect(it.arrived.map(({ key }) => key).toSorted()).toEqual([...keys, 'f']);
});

test('a relay that is refused to remove sends nothing else and nothing again, until it can', async () => {
  await it.database.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
    create trigger refuse before delete on outbox for each row execute function refuse();
    create table tries (at timestamptz)`);
  await publishAll();
  let sends = 0;
  const send = (producer: Producer) => (records: Parameters<Producer['send']>[0]) => {
    sends++;
    return producer.send(records);
  };
  const relay = it.startRelay({ poll: often, send });
  await waitUntil('all have arrived', () => it.arrived.length >= keys.length);
  const sendsBefore = sends;
  const session = `
    select pid from pg_stat_activity where application_name = 'outbox relay' and datname = current_database()`;
  const seen = new Set<number>();
  await waitUntil('it has tried with several connections', async () => {
    for (const { pid } of (await it.database.pool.query(session)).rows) seen.add(pid);
    return seen.size > 3;
  });
  await it.publish(relay, 'late', 9);
  expect(await it.waiting()).toBe(keys.length + 1);
  expect(sends).toBe(sendsBefore);
  allOnce();
  await it.database.pool.query('drop trigger refuse on outbox');
  await emptied();
  await waitUntil('the last has arrived', () => it.arrivedOf('late').length > 0);
  expect(it.arrived).toHaveLength(keys.length + 1);
});

test('a relay that may not remove rows at all sends none', async () => {
  await it.database.pool.query(`
    drop role if exists ${database};
    create role ${database} login password 'relay';
    grant select, update on outbox to ${database}`);
  const url = new URL(it.database.url);
  Object.assign(url, { username: database, password: 'relay' });
  const warned: any[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warned.push(fields) };
  await publishAll();
  it.startRelay({ connectionString: url.href, poll: often, logger: logger as any });
  await waitUntil('it has tried', () => warned.length > 2);
  expect(warned[0].err.message).toBe('permission denied for table outbox');
  await it.database.pool.query(`grant delete on outbox to ${database}`);
  await emptied();
  await waitUntil('all have arrived', () => it.arrived.length >= keys.length);
  allOnce();
  await it.stopRelays();
  await it.database.pool.query(`drop owned by ${database}; drop role ${database}`);
});

test('over a failover to a server that can only read, and back, each event is sent once', async () => {
  const failOver = async () => {
    await it.database.pool.query(`alter database ${database} set default_transaction_read_only = on`);
    await cut();
  };
  let failedOver: Promise<void> | undefined;
  const send = (producer: Producer) => async (records: Parameters<Producer['send']>[0]) => {
    await producer.send(records);
    // When it comes to removing, there is only a server left that can't.
    await (failedOver ??= failOver());
  };
  const warned: any[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warned.push(fields) };
  await publishAll();
  it.startRelay({ poll: often, send, logger: logger as any });
  await waitUntil('it was refused', () => warned.filter(({ err }) => err.code === '25006').length > 3);
  await it.database.pool.query(`alter database ${database} reset default_transaction_read_only`);
  await emptied();
  await waitUntil('all have arrived', () => it.arrived.length >= keys.length);
  allOnce();
});

test('what has a position again, as after a restore, is not taken for sent', async () => {
  const { rows } = await it.database.pool.query(`select uuidv7() as id`);
  let positions: string[] = [];
  const send = (producer: Producer) => async (records: Parameters<Producer['send']>[0]) => {
    await producer.send(records);
    if (positions.length > 0) return;
    const replaced = await it.database.pool.query('update outbox set id = $1 returning position', [
      rows[0].id,
    ]);
    positions = replaced.rows.map(({ position }) => position);
    await cut();
  };
  await it.publish(undefined, 'a', 1);
  it.startRelay({ poll: often, send });
  await emptied();
  await waitUntil('both have arrived', () => it.arrived.length === 2);
  expect(it.arrived.map(({ id }) => id)).toEqual([expect.any(String), rows[0].id]);
});
