import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * The Postgres at `url` as if it were of the major version `major`, two digits: its own answers, but for the version in
 * them. For what has to notice that a server is too old. `await using` closes it.
 */
export async function olderPostgres(url: string, major = 15): Promise<{ url: string } & AsyncDisposable> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  const server = createServer((inside) => {
    const outside = connect(Number(port), hostname);
    for (const socket of [inside, outside]) sockets.push(socket.on('error', () => {}));
    inside.pipe(outside);
    outside.on('data', (bytes) => {
      const text = bytes.toString('latin1').replaceAll(/\b\d\d(?=\.\d+[ \0C])/g, String(major));
      inside.write(Buffer.from(text, 'latin1'));
    });
    outside.on('close', () => inside.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const older = new URL(url);
  older.hostname = '127.0.0.1';
  older.port = String((server.address() as AddressInfo).port);
  return {
    url: older.href,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
