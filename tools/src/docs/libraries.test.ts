/** What would go wrong: the libraries work only here, where all that they need happens to lie around. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { root } from '@everyhop/local';
import { engines, testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';

const page = readFileSync(join(root, 'docs/libraries.md'), 'utf8');
const [withoutNest, withNest] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

const folder = mkdtempSync(join(tmpdir(), 'everyhop-packages-'));
const project = join(folder, 'project');
const libraries = ['events', 'telemetry', 'kafka', 'postgres', 'outbox', 'inbox', 'service', 'testing'];
const compilerOptions = {
  ...{ module: 'nodenext', target: 'es2024', lib: ['esnext'], types: ['node'], strict: true },
  ...{ experimentalDecorators: true, emitDecoratorMetadata: true, skipLibCheck: true },
};

// Installing takes seconds, or minutes where the registry is far away.
jest.setTimeout(300_000);

let database: TestDatabase;
beforeEach(async () => void (database = await testDatabase()));
afterEach(() => database.drop());

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await run('tsc', ['-b', ...libraries.map((name) => `libs/${name}`)], root);
  const workspaces = libraries.map((name) => `--workspace=libs/${name}`);
  await run('npm', ['pack', ...workspaces, `--pack-destination=${folder}`], root);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('in a project without Nest they publish and handle an event', async () => {
  await install(['events', 'telemetry', 'kafka', 'postgres', 'outbox', 'inbox', 'testing'], 'kysely', 'pg');
  expect(existsSync(join(project, 'node_modules/@nestjs'))).toBe(false);

  await compile(withoutNest!);
  await using hello = start();
  expect(await hello.exit).toEqual([0, null]);
  expect(hello.output()).toBe('hello world, number 1\n');
});

test('in a project with Nest they publish and handle an event', async () => {
  await install(['service'], '@nestjs/common');

  await compile(withNest!);
  await using hello = start();
  const isHandled = () => hello.output().includes('hello Nest, number 1\n');
  await waitUntil('the event is handled', isHandled, { timeoutMs: 60_000 }).catch((cause) => {
    throw new Error(hello.output(), { cause });
  });
  hello.stop();
  expect(await hello.exit).toEqual([0, null]);
});

/** Installs the packages of libraries, and others in the versions that these ask for. */
async function install(names: string[], ...others: string[]) {
  const packages = readdirSync(folder)
    .filter((file) => names.some((name) => file.startsWith(`everyhop-${name}-`)))
    .map((file) => join(folder, file));
  const used = [...others, '@types/node', '@types/pg'].map((name) => `${name}@${versionOf(name)}`);
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...options, ...packages, ...used], project);
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}

async function compile(code: string) {
  writeFileSync(join(project, 'hello.ts'), code);
  await run('tsc', ['--project', project], root);
}

/** Starts the compiled program with a database of its own. */
function start() {
  const env = {
    ...{ PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'warn', DATABASE_URL: database.url },
    ...{ KAFKA_BROKERS: engines.brokers.join(), SCHEMA_REGISTRY_URL: engines.registryUrl },
  };
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', 'hello.js'], {
    cwd: project,
    env,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return {
    output: () => output,
    exit: once(child, 'close'),
    stop: () => child.kill('SIGTERM'),
    [Symbol.asyncDispose]: async () => void child.kill('SIGKILL'),
  };
}

async function run(command: string, args: string[], cwd: string) {
  const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
  const env = { ...process.env, PATH: path, NODE_OPTIONS: '' };
  await promisify(execFile)(command, args, { cwd, env, maxBuffer: 2 ** 26 }).catch((error) => {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error });
  });
}
