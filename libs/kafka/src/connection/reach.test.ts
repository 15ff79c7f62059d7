import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { reach } from './reach.ts';

test('one broker that answers is enough', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  await reach(['127.0.0.1:1', `127.0.0.1:${(server.address() as AddressInfo).port}`]);
  server.close();
});

test('when none answers all that were tried are named', async () => {
  await expect(reach(['127.0.0.1:1', '127.0.0.1:2'])).rejects.toThrow(
    'Kafka does not answer at 127.0.0.1:1, 127.0.0.1:2',
  );
});
