/** What would go wrong: a network forgets the relay's connection, tells nobody, and nothing is shipped for a quarter of an hour. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';

let it: TestOutbox;
const sockets: Socket[] = [];
const network = createServer((socket) => {
  const { hostname, port } = new URL(it.database.url);
  const database = connect(Number(port), hostname);
  for (const end of [socket, database]) sockets.push(end.on('error', () => {}));
  socket.pipe(database).pipe(socket);
});

beforeEach(async () => {
  it = await testOutbox();
  await once(network.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  network.close();
  for (const socket of sockets) socket.destroy();
  await it.stop();
});

test('a relay whose connection says nothing any more takes another one', async () => {
  const url = new URL(it.database.url);
  url.hostname = '127.0.0.1';
  url.port = String((network.address() as AddressInfo).port);
  const relay = it.startRelay({ connectionString: url.href, stuckAfter: 200 });
  await it.publish(relay, 'a', 1);
  await waitUntil('the first has left', async () => it.arrived.length === 1 && (await it.waiting()) === 0);
  for (const socket of sockets) socket.unpipe().pause();
  await it.publish(relay, 'a', 2);
  await waitUntil('the second has arrived', () => it.arrived.length === 2);
  expect(it.arrived.map(({ n }) => n)).toEqual([1, 2]);
});
