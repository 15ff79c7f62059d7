import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { PortsTaken } from './errors.ts';
import { takenPorts } from './port-owner.ts';

async function listen() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => once(server.close(), 'close') };
}

test('a taken port is named with the component that needs it and the process that has it', async () => {
  const { port, close } = await listen();
  const taken = await takenPorts([{ name: 'kafka', ports: [port] }]);
  await close();
  expect(taken).toEqual([
    { name: 'kafka', port, owner: expect.stringContaining(`process ${process.pid} (`) },
  ]);
});

test('a port that nobody listens on is free', async () => {
  const { port, close } = await listen();
  await close();
  expect(await takenPorts([{ name: 'kafka', ports: [port] }])).toEqual([]);
});

test('the message says which port, by whom, and how to move', () => {
  const taken = [{ name: 'kafka', port: 4092, owner: 'process 42 (java)' }];
  expect(new PortsTaken(taken, 4100).message).toBe(
    'Port 4092, which kafka needs, is taken by process 42 (java).\n' +
      "End that, or move all of Everyhop's ports: export EVERYHOP_PORT_BASE=4100",
  );
});
