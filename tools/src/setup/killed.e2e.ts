/**
 * What would go wrong: set-up is killed, by a person or by a machine that is out of memory, and what it has left behind
 * stops every set-up that follows.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { allEvents } from '@everyhop/events';
import { describeTopics } from '@everyhop/kafka/admin';
import { root, serviceNames } from '@everyhop/local';
import { type Stack, startStack } from '../stack/index.ts';

let stack: Stack;
let state: string;
let admin: pg.Client;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'everyhop-killed-'));
  stack = await startStack({ only: ['kafka', 'registry'], portBase: 'free', state });
  admin = new pg.Client({ connectionString: stack.engines.ADMIN_DATABASE_URL });
  await admin.connect();
  for (const name of serviceNames) await admin.query(`drop database ${pg.escapeIdentifier(name)}`);
}, 180_000);
afterAll(async () => {
  for (const server of fronts) server.close();
  await admin?.end();
  await stack?.stop();
  await rm(state, { recursive: true });
});

/** What set-up has asked for so far, in this order. */
const steps: string[] = [];
const fronts: Server[] = [];
let setUp: ChildProcess;

/**
 * A way to an engine. `stepIn` names what is asked for in a chunk; who asks for something for the first time is killed,
 * either at once or when it is done and nobody was told.
 */
async function front(
  port: number,
  kill: 'at once' | 'when done',
  stepIn: (chunk: Buffer) => string | undefined,
) {
  const server = createServer((client) => {
    const engine = connect(port, '127.0.0.1');
    let isLast = false;
    client.on('data', (chunk) => {
      const step = stepIn(chunk);
      engine.write(chunk);
      if (!step || steps.includes(step)) return;
      steps.push(step);
      isLast = true;
      if (kill === 'at once') setUp.kill('SIGKILL');
    });
    engine.on('data', (chunk) => (isLast ? setUp.kill('SIGKILL') : client.write(chunk)));
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  fronts.push(server);
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs set-up; resolves to whether it was killed, and rejects with what it said when it failed. */
async function isKilled(env: Record<string, string>): Promise<boolean> {
  const command = ['--conditions=everyhop-source', 'tools/src/setup/main.ts'];
  const options = { cwd: root, env: { ...process.env, NODE_OPTIONS: '', ...env } };
  const child = spawn(process.execPath, command, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  setUp = child;
  const said = text(child.stderr);
  const [code, signal] = await once(child, 'exit');
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`After ${steps.at(-1)}: ${await said}`);
  return signal === 'SIGKILL';
}

test('set-up may be killed at any step, and the next one goes on from there', async () => {
  const { ports, engines } = stack;
  const database = /create database "(\w+)"/;
  const request = /^(PUT|POST) \S+\/(config|subjects)\/([\w.]+)/;
  const env = {
    ADMIN_DATABASE_URL: engines.ADMIN_DATABASE_URL.replace(
      `127.0.0.1:${ports.postgres}`,
      await front(ports.postgres, 'at once', (chunk) => database.exec(chunk.toString())?.[1]),
    ),
    KAFKA_BROKERS: await front(ports.kafka, 'when done', () => 'kafka'),
    SCHEMA_REGISTRY_URL: engines.SCHEMA_REGISTRY_URL.replace(
      `127.0.0.1:${ports.registry}`,
      await front(ports.registry, 'when done', (chunk) => request.exec(chunk.toString())?.slice(2).join(' ')),
    ),
  };
  while (await isKilled(env));

  const types = allEvents.map(({ type }) => type);
  expect(steps.toSorted()).toEqual(
    [...serviceNames, 'kafka', ...types.flatMap((type) => [`config ${type}`, `subjects ${type}`])].toSorted(),
  );
  const { rows } = await admin.query(
    `select datname from pg_database join pg_roles on datdba = pg_roles.oid where rolname = 'everyhop'`,
  );
  expect(rows.map(({ datname }) => datname).toSorted()).toEqual(['registry', ...serviceNames].toSorted());
  for (const type of types) {
    const config = await fetch(`${engines.SCHEMA_REGISTRY_URL}/config/${type}`);
    expect([type, await config.json()]).toEqual([type, { compatibilityLevel: 'FULL_TRANSITIVE' }]);
  }
  const topics = await describeTopics({ brokers: [engines.KAFKA_BROKERS] });
  expect(topics.map(({ topic }) => topic)).toEqual(
    expect.arrayContaining(allEvents.map(({ topic }) => topic)),
  );
}, 300_000);
