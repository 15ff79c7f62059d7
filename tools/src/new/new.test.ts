/**
 * What would go wrong: code that is generated and then does not compile, lint or pass its own tests; a service more that
 * needs a change in another one.
 */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { copyRepository } from '../docs/copy-repository.fixture.ts';

const copy = copyRepository();
afterAll(() => rmSync(copy, { recursive: true }));

const path = `${join(copy, 'node_modules/.bin')}:${process.env.PATH}`;
const nodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/** Runs a command in the copy; rejects with all that it said. */
async function run(command: string, env: Record<string, string> = {}): Promise<string> {
  const options = { cwd: copy, env: { ...process.env, NODE_OPTIONS: '', ...env, PATH: path } };
  const ran = promisify(execFile)('bash', ['-c', `exec 2>&1; ${command}`], options);
  const { stdout } = await ran.catch(({ stdout }) => Promise.reject(new Error(`${command}\n${stdout}`)));
  return stdout;
}

const changed = async () => {
  await run('git add --all');
  const paths = (await run('git diff --cached --name-only')).trim().split('\n');
  await run(
    'git -c user.name=test -c user.email=test@example.org commit --quiet --allow-empty --message test',
  );
  return paths.map((path) => path.replace(/^services\/rewards\/.*/, 'services/rewards/…'));
};

test('a service, a handler and an event are written that compile, lint and pass, and nothing else is changed', async () => {
  await run('git init --quiet');
  await changed();
  const catalogue = ['schemas/README.md', 'schemas/asyncapi.json'];

  const written = await run('./dev new service rewards --on OrderPlaced');
  expect(written).toContain('services/rewards/src/rewards/rewards.ts\n');
  expect([...new Set(await changed())]).toEqual([
    ...['docker-compose.yml', 'infra/compose/prometheus-targets.yml', 'package-lock.json', ...catalogue],
    ...['services/rewards/…', 'tsconfig.json'],
  ]);

  // The same, by way of Nx.
  await run('nx g @everyhop/tools:handler rewards count-invoices --on InvoiceIssued', { NX_DAEMON: 'false' });
  expect([...new Set(await changed())]).toEqual([...catalogue, 'services/rewards/…']);
  expect(await run('cat services/rewards/README.md')).toMatch(
    /^\| `billing\.InvoiceIssued` +\| `rewards\.count-invoices` +\|/m,
  );

  await run('./dev new event rewards.VoucherBought voucherId:uuid value:money fee:money email:pii');
  expect([...new Set(await changed())]).toEqual([
    'libs/events/src/generated/index.ts',
    'libs/events/src/generated/rewards/voucher-bought.ts',
    ...catalogue,
    ...['schemas/published.sha256', 'schemas/rewards/voucher-bought/v1.avsc', 'services/rewards/…'],
  ]);

  await run('tsc -b services/rewards');
  await run('./dev events check');
  await run('eslint --max-warnings=0 services/rewards libs/events/src tools/src/new');
  await run('prettier --check services/rewards schemas docker-compose.yml tsconfig.json infra/compose');
  // Its topics and its schema, at the engines of this run.
  await run('node --conditions=everyhop-source tools/src/setup/main.ts events');
  const tests = await run('jest services/rewards', { NODE_OPTIONS: nodeOptions });
  expect(tests).toMatch(/^Tests: +5 passed, 5 total$/m);
}, 600_000);

test('two services that are written at the same time are both in all lists', async () => {
  const names = ['parcels', 'greetings'];
  await Promise.all(names.map((name) => run(`./dev new service ${name} --on OrderPlaced`)));
  for (const file of ['tsconfig.json', 'docker-compose.yml', 'package-lock.json', 'schemas/README.md'])
    expect([file, names.filter((name) => readFileSync(join(copy, file), 'utf8').includes(name))]).toEqual([
      file,
      names,
    ]);
  const ports = readFileSync(join(copy, 'docker-compose.yml'), 'utf8').match(/\d\d:8080/g)!;
  expect(new Set(ports).size).toBe(ports.length);
  // The packages are those of the lock file still.
  expect(await run('./dev build')).not.toContain('Installing');
}, 300_000);
