/** What would go wrong: a service answers otherwise than its OpenAPI document says, or breaks on what nobody thought of. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { coreServices, portsFrom, readSettings, root, serviceNames } from '@everyhop/local';
import { engines, waitUntil } from '@everyhop/testing';
import { environment, hasPython } from './python.ts';

const folder = resolve(import.meta.dirname, '..');
// It leaves notes where it runs.
const scratch = await mkdtemp(join(tmpdir(), 'schemathesis-'));
const ports = portsFrom(readSettings().portBase);
const urlOf = (service: string) => `http://127.0.0.1:${ports[service]}`;
const isReady = (service: string) =>
  fetch(`${urlOf(service)}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

const seconds = 1_000;
const canRun = await hasPython();
const examples: ReturnType<typeof spawn>[] = [];

beforeAll(async () => {
  if (!canRun) return;
  await environment('schemathesis.txt');
  for (const service of serviceNames) if (!(await isReady(service))) examples.push(start(service));
  for (const service of serviceNames) await waitUntil(`${service} is ready`, () => isReady(service));
}, 300 * seconds);

afterAll(async () => {
  await rm(scratch, { recursive: true });
  // How much is logged may be among what it has tried.
  for (const service of canRun ? coreServices : []) {
    const path = `${urlOf(service)}/admin/log-level`;
    const { configured: level } = (await (await fetch(path)).json()) as { configured: string };
    const headers = { 'content-type': 'application/json' };
    await fetch(path, { method: 'PUT', headers, body: JSON.stringify({ level }) });
  }
  for (const child of examples) {
    child.kill();
    await once(child, 'exit');
  }
}, 60 * seconds);

/** Runs an example service, which is not there unless somebody asks for it. */
function start(service: string) {
  const database = new URL(engines.adminDatabaseUrl);
  database.pathname = service;
  // As the others do: the tables belong to whoever makes them.
  database.username = database.password = 'everyhop';
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    PORT: String(ports[service]),
    DATABASE_URL: database.href,
    KAFKA_BROKERS: engines.brokers.join(),
    SCHEMA_REGISTRY_URL: engines.registryUrl,
  };
  return spawn(process.execPath, [`services/${service}/dist/main.js`], { cwd: root, env, stdio: 'ignore' });
}

/** Where operators' paths are tried: a service that can replay, and one that has nothing else. */
const withOperations = ['shop', 'crm'];

const name = 'what %s is asked, right and wrong, it answers as its document says';
const when = canRun ? test : test.skip;
when.each(serviceNames)(
  canRun ? name : `${name} (skipped: no python3 with venv)`,
  async (service) => {
    const python = join(await environment('schemathesis.txt'), 'bin/python');
    const args = ['-m', 'schemathesis.cli', '--config-file', join(folder, 'schemathesis.toml'), '--no-color'];
    args.push('run', `${urlOf(service)}/docs/openapi.json`, '--url', urlOf(service), '--checks', 'all');
    args.push(
      '--seed',
      '1',
      '--generation-database',
      'none',
      '--max-examples',
      '5',
      '--request-timeout',
      '20',
    );
    if (!withOperations.includes(service)) args.push('--exclude-tag', 'operations');
    const { stdout } = await promisify(execFile)(python, args, { cwd: scratch }).catch((error) => {
      throw new Error(`${error.message}\n${error.stdout}`);
    });
    const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(stdout)!;
    expect(Number(passed)).toBe(Number(generated));
  },
  120 * seconds,
);
