import { expect, test } from '@jest/globals';
import { engines } from '@everyhop/testing';
import { runProbe, startProbeProcess } from './run-probe.fixture.ts';

test('a service that lacks its settings ends with 1 and a sentence for each', async () => {
  const { exit, stdout, stderr } = runProbe({ env: { PORT: 'http' } });
  expect(await exit).toBe(1);
  expect(stdout).toEqual([]);
  expect(stderr).toEqual([
    'PORT is not valid: give a TCP port from 0 (any) to 65535.',
    "DATABASE_URL is not set: give the service's Postgres database, postgres://user:password@host:port/name.",
    'KAFKA_BROKERS is not set: give Kafka brokers, host:port,host:port.',
    'SCHEMA_REGISTRY_URL is not set: give the Confluent-compatible API of a schema registry, http://host:port/path.',
  ]);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops a service in order; all that it says is JSON',
  async (signal) => {
    const { said, stop } = await startProbeProcess();
    expect(await stop(signal)).toBe(0);
    expect(said().at(-1)).toMatchObject({ service: 'probe', level: 'info', msg: 'stopped' });
  },
);

test('of a request method, path and status are logged, and nothing personal', async () => {
  const { address, said, stop } = await startProbeProcess();
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
  const { exit, stdout } = runProbe({
    env: {
      PORT: '0',
      DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nothing',
      KAFKA_BROKERS: engines.brokers.join(),
      SCHEMA_REGISTRY_URL: engines.registryUrl,
    },
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
