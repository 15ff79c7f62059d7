/** What would go wrong: what has to hold for every handler is forgotten in one, or skipped by retries and replays. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { sql } from 'kysely';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';
import { lockBy, type HandleInterceptor } from './interceptor.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

const handled = (key: string, ...values: number[]) =>
  waitUntil(`${key} has ${values}`, async () => (await it.effects(key)).join() === values.join());

test('the first is the outermost, each sees what goes in and what comes out, and may change both', async () => {
  const seen: string[] = [];
  const note =
    (name: string): HandleInterceptor =>
    async (input, next) => {
      seen.push(`${name} in ${input.data.n}`);
      const returned = await next({ ...input, data: { ...input.data, n: input.data.n + 1 } });
      seen.push(`${name} out`);
      return [returned ?? []].flat().concat(it.Followed({ key: name, n: 1 }));
    };
  await it.startWith({ interceptors: [note('outer'), note('inner')] }, { handle: write });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await handled('a', 3);
  expect(seen).toEqual(['outer in 1', 'inner in 2', 'inner out', 'outer out']);
  await waitUntil('what they added is published', async () => {
    const { rows } = await it.database.pool.query(`select key from outbox_sequence where topic = $1`, [
      it.Followed.topic,
    ]);
    return (
      rows
        .map(({ key }) => key)
        .toSorted()
        .join() === 'inner,outer'
    );
  });
});

test('what one throws fails the try, is retried and parked, and retries go through it, too', async () => {
  const attempts: number[] = [];
  let isMended = false;
  const guard: HandleInterceptor = async (input, next) => {
    attempts.push(input.delivery.attempt);
    const returned = await next(input);
    if (!isMended) throw new Error('not without a tenant');
    return returned;
  };
  await it.startWith(
    { interceptors: [guard] },
    { handle: write, retry: { inPlace: 2, delay: 50, maxDelay: 100, attempts: 100 } },
  );
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is parked and tried again', () => attempts.length >= 4);
  expect((await listParked(it.database.db))[0]!.reason).toBe('not without a tenant');
  expect(await it.effects('a')).toEqual([]);
  isMended = true;
  await handled('a', 1);
  expect(attempts.slice(0, 4)).toEqual([1, 1, 2, 3]);
});

test('a replay goes through it, and it can tell', async () => {
  const replays: boolean[] = [];
  const inbox = await it.startWith(
    {
      interceptors: [
        (input, next) => {
          replays.push(input.delivery.replay);
          return next(input);
        },
      ],
    },
    { handle: write, replayable: true },
  );
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await handled('a', 1);
  await inbox.replay({ handler: 'test.handler' }, { by: 'ops', why: 'try' });
  await handled('a', 1, 1);
  expect(replays).toEqual([false, true]);
});

test('with a lock by handler, a handler runs once at a time on all instances', async () => {
  let [running, most] = [0, 0];
  const handle = async (data: any, delivery: any) => {
    most = Math.max(most, ++running);
    await sql`select pg_sleep(0.02)`.execute(delivery.tx);
    running--;
    await write(data, delivery);
  };
  await it.stop();
  it = await testService({ partitions: 4 });
  const interceptors = [lockBy(({ handler }) => handler.id)];
  await it.startWith({ interceptors }, { handle });
  await it.startWith({ interceptors }, { handle });
  await it.publish(...Array.from({ length: 24 }, (_, n) => it.Happened({ key: `key ${n}`, n })));
  await waitUntil('all are handled', async () => {
    const { rows } = await it.database.pool.query('select from effects');
    return rows.length === 24;
  });
  expect(most).toBe(1);
});

test('a delivery logs with the ids of its event', async () => {
  const lines: object[] = [];
  const info = (fields: object, message: string) => lines.push({ ...fields, message });
  const logger = { debug: () => {}, info, warn: () => {}, error: () => {} };
  await it.startWith(
    { logger },
    {
      handle: async (data, delivery) => {
        delivery.logger.info({ n: data.n }, 'counted');
        await write(data, delivery);
      },
    },
  );
  const event = it.Happened({ key: 'a', n: 7 });
  await it.publish(event);
  await handled('a', 7);
  const ids = { event_id: event.id, correlation_id: event.id, handler: 'test.handler' };
  expect(lines.filter((line: any) => line.message === 'counted')).toEqual([
    { ...ids, n: 7, message: 'counted' },
  ]);
});
