import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { defineEvent, InvalidEvent } from '@everyhop/events';
import { engines, testEvent, waitUntil } from '@everyhop/testing';
import { IncompatibleSchema, RegistryUnavailable, SchemaNotRegistered, Undecodable } from '../errors.ts';
import { SchemaRegistry } from './registry.ts';

const registry = new SchemaRegistry({ url: engines.registryUrl });

test('what one client encodes another decodes', async () => {
  const Happened = testEvent();
  await registry.register(Happened);
  const bytes = await registry.encode(Happened({ key: 'a', n: 7 }));
  const other = new SchemaRegistry({ url: engines.registryUrl });
  expect(await other.decode(Happened, bytes)).toEqual({ key: 'a', n: 7 });
});

test('an event of a newer version is read as the version that the reader knows, and the other way round', async () => {
  const V1 = testEvent();
  const newField = { name: 'note', type: 'string', default: 'none' };
  const schema = { ...V1.schema, fields: [...V1.schema.fields, newField] };
  const V2 = defineEvent<{ key: string; n: number; note: string }>({
    topic: V1.topic,
    key: 'key',
    version: 2,
    schema,
  });
  await registry.register(V1);
  await registry.register(V2);
  const fromV2 = await registry.encode(V2({ key: 'a', n: 7, note: 'new' }));
  const fromV1 = await registry.encode(V1({ key: 'a', n: 7 }));
  expect(await registry.decode(V1, fromV2)).toEqual({ key: 'a', n: 7 });
  expect(await registry.decode(V2, fromV1)).toEqual({ key: 'a', n: 7, note: 'none' });
});

test('the registry refuses a version that would break readers, and the error says which field breaks whom', async () => {
  const V1 = testEvent();
  await registry.register(V1);
  const fields = [V1.schema.fields[0]!, { name: 'amount', type: 'string' }];
  const broken = defineEvent<{ key: string; amount: string }>({
    topic: V1.topic,
    key: 'key',
    version: 2,
    schema: { ...V1.schema, fields },
  });
  const refusal = await registry.register(broken).catch((error: Error) => error);
  expect(refusal).toBeInstanceOf(IncompatibleSchema);
  expect((refusal as Error).message).toBe(
    `the schema registry refuses ${V1.type} v2: amount is new in v2 and has no default, so readers of v2 cannot read events of v1: give it a default. n is gone in v2 and has no default in v1, so readers of v1 cannot read events of v2: keep it.`,
  );
});

test('events that are encoded at the same time ask the registry once, and again after a failure', async () => {
  const Happened = testEvent();
  const events = [1, 2, 3].map((n) => Happened({ key: 'a', n }));
  await using front = await countingFront(engines.registryUrl);
  const asking = new SchemaRegistry({ url: front.url });
  const encodeAll = () => Promise.all(events.map((event) => asking.encode(event)));

  await expect(encodeAll()).rejects.toThrow(SchemaNotRegistered);
  expect(front.requests).toBe(1);
  await registry.register(Happened);
  expect(await encodeAll()).toHaveLength(3);
  expect(front.requests).toBe(2);
  await encodeAll();
  expect(front.requests).toBe(2);
});

/** A way to the registry that counts what goes through it; while `silent` it takes requests and never answers. */
async function countingFront(target: string) {
  const { pathname, origin } = new URL(target);
  const end = async () => {
    server.close();
    server.closeAllConnections();
  };
  const front = { url: '', requests: 0, silent: false, [Symbol.asyncDispose]: end };
  const server = createServer(async (request, response) => {
    front.requests++;
    if (front.silent) return;
    const { method, url } = request;
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' };
    const body = method === 'POST' ? await buffer(request) : undefined;
    const answer = await fetch(origin + url, { method, headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type')! });
    response.end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`;
  return front;
}

test('encoding an event whose schema was not deployed says what to run', async () => {
  const Happened = testEvent();
  const encoding = registry.encode(Happened({ key: 'a', n: 7 }));
  await expect(encoding).rejects.toThrow(SchemaNotRegistered);
  await expect(encoding).rejects.toThrow('./dev events register');
});

test.each([
  ['nothing', null],
  ['too few bytes', Buffer.from([0, 0])],
  ['text', Buffer.from('{"key":"a"}')],
  ['an unknown schema id', Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2])],
])('%s is undecodable', async (_, bytes) => {
  await expect(registry.decode(testEvent(), bytes)).rejects.toThrow(Undecodable);
});

test.each<[string, (data: any) => void, string]>([
  ['a field of another type', (data) => (data.n = 'seven'), 'n must be an integer of 32 bits'],
  ['a field that is gone', (data) => delete data.n, 'n must be an integer of 32 bits, but is missing'],
  ['half a character', (data) => (data.key = '\ud83d'), 'key must be a string'],
  ['another key', (data) => (data.key = 'b'), 'its key was changed after it was made'],
])('an event into which %s was written after it was made fails at its author', async (_, change, problem) => {
  const Happened = testEvent();
  await registry.register(Happened);
  const event = Happened({ key: 'a', n: 7 });
  change(event.data);
  await expect(registry.encode(event)).rejects.toThrow(InvalidEvent);
  await expect(registry.encode(event)).rejects.toThrow(problem);
});

test('bytes that break off are undecodable', async () => {
  const Happened = testEvent();
  await registry.register(Happened);
  const bytes = await registry.encode(Happened({ key: 'a', n: 7 }));
  await expect(registry.decode(Happened, bytes.subarray(0, 6))).rejects.toThrow(Undecodable);
});

test('a registry that is away is an outage, not a bad event', async () => {
  const away = new SchemaRegistry({ url: 'http://127.0.0.1:1' });
  await expect(away.decode(testEvent(), Buffer.from([0, 0, 0, 0, 1, 2]))).rejects.toThrow(
    RegistryUnavailable,
  );
  await expect(away.encode(testEvent()({ key: 'a', n: 1 }))).rejects.toThrow(RegistryUnavailable);
});

test('a registry that accepts and never answers is an outage, and is asked again afterwards', async () => {
  const Happened = testEvent();
  await registry.register(Happened);
  const bytes = await registry.encode(Happened({ key: 'a', n: 7 }));
  await using front = await countingFront(engines.registryUrl);
  const asking = new SchemaRegistry({ url: front.url });
  const askAll = () =>
    Promise.allSettled([asking.encode(Happened({ key: 'a', n: 7 })), asking.decode(Happened, bytes)]);

  front.silent = true;
  let failures: unknown[] | undefined;
  void askAll().then((asked) => (failures = asked.map((one) => one.status === 'rejected' && one.reason)));
  expect(await waitUntil('both gave up', () => failures)).toEqual([
    expect.any(RegistryUnavailable),
    expect.any(RegistryUnavailable),
  ]);
  front.silent = false;
  for (const { status } of await askAll()) expect(status).toBe('fulfilled');
});
