import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { engines, testDatabase, waitUntil } from '@everyhop/testing';

// A process of its own, as in production: it runs what `tsc -b` has built.
const program = `import { runService } from '@everyhop/service'; await runService('probe', { features: [] });`;

function start(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: new URL('..', import.meta.url),
    env: environment,
  });
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  for (const name of ['stdout', 'stderr'] as const)
    createInterface(child[name]).on('line', (line) => lines[name].push(line));
  return { child, ...lines, exit: once(child, 'close').then(([code]) => code) };
}

test('a service that lacks its settings ends with 1 and a sentence for each', async () => {
  const { exit, stdout, stderr } = start({ PORT: 'http' });
  expect(await exit).toBe(1);
  expect(stdout).toEqual([]);
  expect(stderr).toEqual([
    'PORT is not valid: give a TCP port from 0 (any) to 65535.',
    "DATABASE_URL is not set: give the service's Postgres database, postgres://user:password@host:port/name.",
    'KAFKA_BROKERS is not set: give Kafka brokers, host:port,host:port.',
    'SCHEMA_REGISTRY_URL is not set: give the Confluent-compatible API of a schema registry, http://host:port/path.',
  ]);
});

async function startWell() {
  const { url, drop } = await testDatabase();
  const { exit, child, stdout } = start({
    PORT: '0',
    DATABASE_URL: url,
    KAFKA_BROKERS: engines.brokers.join(),
    SCHEMA_REGISTRY_URL: engines.registryUrl,
  });
  const said = () => stdout.map((line) => JSON.parse(line));
  const listens = () => said().find(({ msg }) => msg.includes('listens on'));
  const { url: address } = await waitUntil('the service listens', listens);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exit.finally(drop);
  };
  return { address, said, stop };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops a service in order; all that it says is JSON',
  async (signal) => {
    const { said, stop } = await startWell();
    expect(await stop(signal)).toBe(0);
    expect(said().at(-1)).toMatchObject({ service: 'probe', level: 'info', msg: 'stopped' });
  },
);

test('of a request method, path and status are logged, and nothing personal', async () => {
  const { address, said, stop } = await startWell();
  await fetch(`${address}/users?email=ada@example.org`, { headers: { cookie: 'session=secret' } });
  await fetch(`${address}/health/live`);
  await stop();
  const requests = said().filter(({ responseTime }) => responseTime !== undefined);
  expect(requests).toEqual([
    {
      level: 'info',
      time: expect.any(String),
      service: 'probe',
      responseTime: expect.any(Number),
      msg: 'GET /users 404',
    },
  ]);
});

test('a service whose database is not there ends with 1 and the reason', async () => {
  const { exit, stdout } = start({
    PORT: '0',
    DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nothing',
    KAFKA_BROKERS: engines.brokers.join(),
    SCHEMA_REGISTRY_URL: engines.registryUrl,
  });
  expect(await exit).toBe(1);
  const said = JSON.parse(stdout.at(-1)!);
  expect(said).toMatchObject({
    level: 'fatal',
    msg: 'probe could not start',
    err: { message: expect.stringContaining('ECONNREFUSED') },
  });
  expect(JSON.stringify(said)).not.toContain('secret');
});
