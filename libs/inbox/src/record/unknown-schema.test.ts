/**
 * What would go wrong: while a replica of the registry lags behind, or the registry is restored, good events are given up
 * and their followers overtake them; or garbage that looks like one of them blocks its partition for ever.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toHeaders } from '@everyhop/events';
import { SchemaNotRegistered, SchemaRegistry, UnknownSchema } from '@everyhop/kafka';
import { engines, waitUntil } from '@everyhop/testing';
import { nextWait } from '../handler/backoff.ts';
import { defaultRetry } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
let replica: Server;
let url: string;
/** What the replica answers to who asks for a schema by its id; `undefined`: what the registry does. */
let answer: number | undefined;
/** Of this schema the replica dies: it answers nobody for a moment. */
let deadly: number | undefined;
let deaths: number;
beforeEach(async () => {
  it = await testService();
  const { origin, pathname } = new URL(engines.registryUrl);
  answer = deadly = undefined;
  deaths = 0;
  let isDeadUntil = 0;
  replica = createServer(async (request, response) => {
    const isDeadly = deadly !== undefined && request.url!.includes(`/schemas/ids/${deadly}`);
    if (isDeadly && performance.now() > isDeadUntil) {
      deaths++;
      isDeadUntil = performance.now() + 300;
    }
    if (performance.now() < isDeadUntil) return void response.destroy();
    const isSchema = request.url!.includes('/schemas/ids/');
    const answered = isSchema && answer ? undefined : await fetch(origin + request.url!);
    response.writeHead(answered?.status ?? answer!, { 'content-type': 'application/json' });
    response.end(answered ? await answered.text() : '{"error_code":40403,"message":"Schema not found"}');
  }).listen(0, '127.0.0.1');
  await once(replica, 'listening');
  url = `http://127.0.0.1:${(replica.address() as AddressInfo).port}${pathname}`;
});
afterEach(async () => {
  await it.stop();
  replica.close();
  replica.closeAllConnections();
});

const start = (retry = {}) =>
  it.startWith({ registry: new SchemaRegistry({ url }) }, { retry, handle: write });
const handled = (key: string, n: number) =>
  waitUntil(`${n} of ${key} is handled`, async () => (await it.effects(key)).includes(n));
const parkedOf = async (key: string) => listParked(it.database.db, { key });

/** A record of `key` with the envelope of an event and the id of a schema that there is not. */
const garbage = (key: string) => {
  const { id, time } = it.Happened({ key, n: 1 });
  const headers = toHeaders({
    ...{ id, time, key, type: it.Happened.type, source: 'elsewhere', sequence: 1n },
    correlationId: id,
  });
  return { key, headers, value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 2]) };
};

test('a record that names a schema of which the registry dies is parked soon, and the others go on', async () => {
  deadly = 0x7fffffff;
  await it.send(garbage('x'));
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await start();
  await handled('a', 1);
  await waitUntil('it is parked', async () =>
    (await parkedOf('x'))[0]?.reason?.includes('never gives schema 2147483647'),
  );
  const deathsTillThen = deaths;
  await it.publish(it.Happened({ key: 'b', n: 2 }));
  await it.send(garbage('y'));
  await it.publish(it.Happened({ key: 'b', n: 3 }));
  await handled('b', 3);
  expect(deaths).toBe(deathsTillThen);
  expect(deaths).toBeLessThan(10);
});

test.each([404, 500])(
  'events whose schema the registry answers with %d for a while are handled in the order of their key',
  async (status) => {
    answer = status;
    await start({ delay: 100 });
    await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'a', n: 2 }));
    await waitUntil('they wait', async () => (await parkedOf('a')).length === 2);
    expect(await parkedOf('a')).toMatchObject([
      { state: 'waiting', behind: false, reason: expect.any(String) },
      { state: 'waiting', behind: true },
    ]);
    answer = undefined;
    await it.publish(it.Happened({ key: 'a', n: 3 }));
    await handled('a', 3);
    expect(await it.effects('a')).toEqual([1, 2, 3]);
  },
);

test('a record of an unknown schema keeps only its key waiting, and that until it is dead', async () => {
  await start({ attempts: 6, delay: 100, maxDelay: 100 });
  await it.send(garbage('a'));
  await it.publish(it.Happened({ key: 'a', n: 2 }), it.Happened({ key: 'b', n: 3 }));
  await handled('b', 3);
  expect(await it.effects('a')).toEqual([]);
  await handled('a', 2);
  expect(await parkedOf('a')).toMatchObject([{ state: 'dead', attempts: 6 }]);
  const [letter] = await it.deadLetters(1);
  expect(letter!.headers).toMatchObject({
    dead_letter_reason: expect.stringContaining('no schema 2147483647 in the registry'),
    dead_letter_attempts: '6',
  });
});

test('a record of an unknown schema that is dead after its first try holds up nobody', async () => {
  await start({ attempts: 1 });
  await it.send(garbage('a'));
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await handled('a', 2);
  expect(await parkedOf('a')).toMatchObject([{ state: 'dead', attempts: 1 }]);
});

test('a registry that answers nobody is waited for, and nothing is counted', async () => {
  const { port } = new URL(url);
  replica.close();
  replica.closeAllConnections();
  const inbox = await start({ attempts: 1 });
  await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'b', n: 2 }));
  await waitUntil('the partition waits', () => inbox.pausedPartitions().length > 0);
  expect(await listParked(it.database.db)).toEqual([]);
  replica.listen(Number(port), '127.0.0.1');
  await handled('a', 1);
  await handled('b', 2);
});

test('an event whose bytes turn out to be unreadable is given up like one that could be judged at once', async () => {
  answer = 404;
  await start({ delay: 100 });
  const [record, whole] = [garbage('a'), await it.registry.encode(it.Happened({ key: 'a', n: 1 }))];
  await it.send({ ...record, value: whole.subarray(0, -1) });
  await waitUntil('it waits', async () => (await parkedOf('a')).length === 1);
  answer = undefined;
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await handled('a', 2);
  expect(await parkedOf('a')).toMatchObject([
    { state: 'dead', reason: expect.stringContaining('as schema') },
  ]);
});

test.each([
  ['of a record', new UnknownSchema('not yet')],
  [
    'of what a handler returns',
    new SchemaNotRegistered({ type: 'shop.OrderPlaced' } as any, new Error('404')),
  ],
])(
  'by default a schema %s is waited for over at least four minutes before its event is given up',
  (_, error) => {
    let waited = 0;
    for (let attempts = 1; attempts < defaultRetry.attempts; attempts++)
      waited += nextWait({ error, attempts, firstFailure: new Date() }, { retry: defaultRetry })!;
    expect(waited).toBeGreaterThan(4 * 60_000);
  },
);
