/** What would go wrong: an engine that answers late once, as on a slow machine, ends the first start of all. */
import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { root } from '@everyhop/local';
import { engines, waitUntil } from '@everyhop/testing';
import { patiently } from './patiently.ts';

const setUp = (step: string, env: Record<string, string>) => {
  const child = spawn(process.execPath, ['--conditions=everyhop-source', 'tools/src/setup/main.ts', step], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  return { said: () => said, ended: Promise.all([once(child, 'exit'), text(child.stderr)]) };
};

/** A way to the engine at `url`; while it is `silent` it takes connections and says nothing. */
async function way(url: string) {
  const { hostname, port, pathname } = new URL(url);
  const waiting = new Set<Socket>();
  const front = { url: '', silent: true, asked: 0, [Symbol.asyncDispose]: async () => void server.close() };
  const server = createServer((client) => {
    front.asked++;
    client.on('error', () => undefined).on('close', () => waiting.delete(client));
    waiting.add(client);
    if (front.silent) return;
    const engine = connect(Number(port), hostname).on('error', () => client.destroy());
    client.pipe(engine).pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`;
  return front;
}

test('a registry that does not answer at first is waited for, and a line says so', async () => {
  await using registry = await way(engines.registryUrl);
  const { said, ended } = setUp('events', { SCHEMA_REGISTRY_URL: registry.url });
  await waitUntil('it says that it waits', () =>
    /^Not yet, trying again for up to 120 s: the schema registry does not answer/m.test(said()),
  );
  registry.silent = false;
  const [[code]] = await ended;
  expect([code, said().match(/^Not yet/gm)]).toEqual([0, ['Not yet']]);
});

test('what will not pass fails at once, with its reason', async () => {
  const { ended, said } = setUp('databases', {
    ADMIN_DATABASE_URL: engines.adminDatabaseUrl.replace(/\/\/.*@/, '//postgres:wrong@'),
  });
  const [[code]] = await ended;
  expect(code).toBe(1);
  expect(said()).toBe('password authentication failed for user "postgres"\n');
});

test('what does not come back is given up, with its reason', async () => {
  const lines: string[] = [];
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const asking = patiently(() => Promise.reject(refused), { patienceMs: 0, say: (line) => lines.push(line) });
  await expect(asking).rejects.toBe(refused);
  expect(lines).toEqual([]);
});
