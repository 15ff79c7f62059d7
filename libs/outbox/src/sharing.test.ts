/**
 * What would go wrong: of several instances only one relays, or two relay the same key side by side; one that died
 * leaves its rows behind; one that froze and wakes up sends old events after newer ones;
 * one that waits for the broker is taken for frozen.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ProducerFenced } from '@everyhop/kafka/internal';
import { waitUntil } from '@everyhop/testing';
import { BUCKETS, bucketOf } from './bucket.ts';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';

let it: TestOutbox;
beforeEach(async () => {
  it = await testOutbox();
});
afterEach(() => it.stop());

const often = { min: 20, max: 20, shared: 20 };
const numbers = (length: number) => Array.from({ length }, (_, n) => n + 1);
/** A key of each bucket. */
const keys = Array.from({ length: BUCKETS }, (_, bucket) => {
  let n = 0;
  while (bucketOf(`key-${n}`) !== bucket) n++;
  return `key-${n}`;
});

/** How many buckets each relay owns, largest first. */
async function shares(): Promise<number[]> {
  const { rows } = await it.database.pool.query(`
    select count(*)::int as owned from pg_locks
    where locktype = 'advisory' and objid::int >= 0
      and database = (select oid from pg_database where datname = current_database())
    group by pid order by owned desc`);
  return rows.map(({ owned }) => owned);
}
const shared = (...expected: number[]) =>
  waitUntil(
    `the buckets are shared ${expected.join(' : ')}`,
    async () => String(await shares()) === String(expected),
  );

test('instances that come and go share the buckets, and nothing is lost, doubled or reordered meanwhile', async () => {
  const first = it.startRelay({ poll: often });
  await shared(8);
  const writes = (async () => {
    for (const n of numbers(40)) await Promise.all(keys.map((key) => it.publish(first, key, n)));
  })();
  const second = it.startRelay({ poll: often });
  await shared(4, 4);
  it.startRelay({ poll: often });
  await shared(3, 3, 2);
  await second.stop();
  await shared(4, 4);
  await writes;
  await waitUntil('all have arrived', () => it.arrived.length >= 40 * BUCKETS);
  for (const key of keys) expect(it.arrivedOf(key).map(({ sequence }) => sequence)).toEqual(numbers(40));
});

test('a relay that joins gets its share at once, without a poll', async () => {
  it.startRelay();
  await shared(8);
  it.startRelay({ poll: often });
  await shared(4, 4);
});

test('a relay that joins while another ships a backlog takes its share of it', async () => {
  for (const key of keys)
    await it.outboxWith().transaction((tx) => tx.publish(...numbers(20).map((n) => it.Happened({ key, n }))));
  const joined = Promise.withResolvers<void>();
  let sentBySecond = 0;
  it.startRelay({
    batchSize: 1,
    send: (producer) => (records) => joined.promise.then(() => producer.send(records)),
  });
  await shared(8);
  const listener = await it.database.pool.connect();
  listener.on('notification', ({ payload }) => payload === 'joined' && joined.resolve());
  await listener.query('listen outbox_rows');
  it.startRelay({
    poll: often,
    send: (producer) => (records) => {
      sentBySecond += records.length;
      return producer.send(records);
    },
  });
  await waitUntil('all have arrived', () => it.arrived.length >= 20 * BUCKETS);
  listener.release(true);
  expect(sentBySecond).toBeGreaterThan(0);
  for (const key of keys) expect(it.arrivedOf(key).map(({ sequence }) => sequence)).toEqual(numbers(20));
});

test('a relay is told of rows that another instance wrote to its buckets, without a poll', async () => {
  it.startRelay();
  await shared(8);
  const other = it.startRelay();
  await it.publish(undefined, 'silent', 1);
  await it.publish(other, keys[0]!, 1);
  await waitUntil('it has arrived', () => it.arrivedOf(keys[0]!).length > 0);
});

test('the buckets of a relay that died are taken over', async () => {
  it.startRelay({ poll: often });
  await shared(8);
  const survivor = it.startRelay({ poll: often });
  await shared(4, 4);
  await it.publish(undefined, keys[0]!, 1);
  const { rows } = await it.database.pool.query(`select pid from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database()) order by pid limit 1`);
  await it.database.pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
  for (const key of keys) await it.publish(survivor, key, 2);
  await waitUntil('all have arrived', () => it.arrived.length >= BUCKETS + 1);
});

test('a relay that waits for the broker keeps its buckets, however long its rows wait', async () => {
  const stuckMs = 6_000;
  let tries = 0;
  const away = () => async () => {
    tries++;
    throw new Error('the broker is away');
  };
  it.startRelay({ poll: often, send: away });
  await shared(8);
  it.startRelay({ poll: often, stuckAfter: stuckMs });
  await shared(4, 4);
  const relays = `select array_agg(pid order by pid) as pids from pg_stat_activity
                  where application_name = 'outbox relay' and datname = current_database()`;
  const before = await it.database.pool.query(relays);
  for (const key of keys) await it.publish(undefined, key, 1);
  // One try for each of its four buckets, with growing pauses: after eight rounds the rows are older than `stuckMs`.
  await waitUntil('it has tried for long', () => tries >= 8 * 4, { timeoutMs: 30_000 });
  expect(await it.waiting()).toBe(4);
  expect((await it.database.pool.query(relays)).rows).toEqual(before.rows);
});

test('a relay whose send takes long keeps its buckets', async () => {
  const stuckMs = 300;
  const answered = Promise.withResolvers<void>();
  const sending = Promise.withResolvers<void>();
  const slow = it.startRelay({
    stuckAfter: stuckMs,
    send: (producer) => async (records) => {
      sending.resolve();
      await answered.promise;
      await producer.send(records);
    },
  });
  await it.publish(slow, keys[0]!, 1);
  await sending.promise;
  const relays = `select array_agg(pid) as pids from pg_stat_activity
                  where application_name = 'outbox relay' and datname = current_database() and pid <> $1`;
  const before = await it.database.pool.query(relays, [0]);
  it.startRelay({ poll: often, stuckAfter: stuckMs });
  const looked = waitUntil('it has looked for long', async () => {
    const waited = `select now() - min(time) > $1 as long from outbox`;
    return (await it.database.pool.query(waited, [`${4 * stuckMs} milliseconds`])).rows[0].long;
  });
  await looked.finally(() => answered.resolve());
  const still = 'select pid from pg_stat_activity where pid = any($1)';
  expect((await it.database.pool.query(still, [before.rows[0].pids])).rows).toHaveLength(1);
  await waitUntil('it has arrived', () => it.arrivedOf(keys[0]!).length > 0);
});

test('a relay that was alone for long soon takes over what one that joined and died had', async () => {
  const alone = it.startRelay({ poll: { min: 3_600_000, max: 3_600_000, shared: 20 } });
  await shared(8);
  const joining = it.startRelay({ poll: often });
  await shared(4, 4);
  await joining.stop();
  await shared(8);
  for (const key of keys) await it.publish(alone, key, 1);
  await waitUntil('all have arrived', () => it.arrived.length >= BUCKETS);
});

test('a relay that froze in the middle of a send loses its buckets, and what it sends later is refused', async () => {
  const key = keys[0]!;
  const frozen = Promise.withResolvers<void>();
  const thawed = Promise.withResolvers<void>();
  const late = Promise.withResolvers<unknown>();
  const freezing = it.startRelay({
    send: (producer) => async (records) => {
      if (!it.arrivedOf(key).some(({ n }) => n === 1)) return producer.send(records);
      frozen.resolve();
      await thawed.promise;
      await producer.send(records).then(late.resolve, (error) => {
        late.resolve(error);
        throw error;
      });
    },
  });
  await it.publish(freezing, key, 1);
  await waitUntil('the first has arrived', () => it.arrivedOf(key).length === 1);
  await it.publish(freezing, key, 2);
  await frozen.promise;
  const healthy = it.startRelay({ poll: often, stuckAfter: 50 });
  await waitUntil('the second has arrived through the other relay', () => it.arrivedOf(key).length === 2);
  await it.publish(healthy, key, 3);
  await waitUntil('the third has arrived', () => it.arrivedOf(key).length === 3);
  thawed.resolve();
  expect(await late.promise).toBeInstanceOf(ProducerFenced);
  await it.publish(healthy, key, 4);
  await waitUntil('the fourth has arrived', () => it.arrivedOf(key).length >= 4);
  expect(it.arrivedOf(key).map(({ n }) => n)).toEqual([1, 2, 3, 4]);
});

test('a relay that froze while it opened a producer sends nothing behind newer events', async () => {
  const key = keys[0]!;
  const opening = Promise.withResolvers<void>();
  const thawed = Promise.withResolvers<void>();
  const tried = Promise.withResolvers<void>();
  let opened = 0;
  const freezing = it.startRelay({
    producers: {
      async open(options) {
        const isFirst = opened++ === 0;
        if (isFirst) opening.resolve();
        await thawed.promise;
        const producer = await it.producers.open(options);
        if (!isFirst) tried.resolve();
        return producer;
      },
    },
  });
  await it.publish(freezing, key, 1);
  await opening.promise;
  const healthy = it.startRelay({ poll: often, stuckAfter: 50 });
  await waitUntil('the first has arrived through the other relay', () => it.arrivedOf(key).length === 1);
  await it.publish(healthy, key, 2);
  await waitUntil('the second has arrived', () => it.arrivedOf(key).length === 2);
  thawed.resolve();
  await healthy.stop();
  await it.publish(freezing, key, 3);
  await tried.promise;
  await waitUntil('the third has arrived', () => it.arrivedOf(key).some(({ n }) => n === 3));
  expect(it.arrivedOf(key).map(({ n }) => n)).toEqual([1, 2, 3]);
});
