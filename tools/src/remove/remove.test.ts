/** What would go wrong: a service that is removed leaves an entry behind, or takes something with it. */
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyRepository } from '../docs/copy-repository.fixture.ts';

const copy = copyRepository();
afterAll(() => rmSync(copy, { recursive: true }));

/** Runs a command in the copy; resolves to all that it said. */
async function run(command: string): Promise<{ code: number; output: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', EVERYHOP_STATE: join(copy, '.everyhop') };
  const ran = promisify(execFile)('bash', ['-c', `exec 2>&1; ${command}`], { cwd: copy, env });
  return ran.then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout }) => ({ code, output: stdout }),
  );
}

const commit = () =>
  run('git add --all && git -c user.name=test -c user.email=test@example.org commit --quiet --message test');
const read = (path: string) => readFileSync(join(copy, path), 'utf8');

beforeAll(async () => {
  await run('git init --quiet');
  await commit();
});

test('what was made by ./dev new is removed, and all is as it was before', async () => {
  for (const command of [
    './dev new service rewards --on OrderPlaced',
    './dev new event rewards.PointsGiven orderId:uuid points:int',
  ])
    expect(await run(command)).toMatchObject({ code: 0 });
  expect(await run('./dev remove service rewards')).toEqual({
    code: 1,
    output: expect.stringMatching(
      /^Some of rewards is committed nowhere, and would be lost:\n.*services\/rewards.*with --force\.\n$/s,
    ),
  });
  expect(existsSync(join(copy, 'services/rewards/src/main.ts'))).toBe(true);

  const { code, output } = await run('./dev remove service rewards --force');
  expect([code, output]).toEqual([
    0,
    expect.stringContaining('package-lock.json\nschemas/README.md\nschemas/asyncapi.json\n'),
  ]);
  expect(output).toContain("./dev psql shop -- -c 'drop database rewards' only the database.");
  expect((await run('git status --porcelain')).output).toBe('');
  expect(existsSync(join(copy, 'node_modules/@everyhop/rewards'))).toBe(false);
  // The packages are those of the lock file still.
  expect((await run('./dev events check')).output).toBe('');
}, 300_000);

test('what is committed needs no force; a change in the entry of compose does', async () => {
  await run('./dev new service rewards --on OrderPlaced');
  await commit();
  const compose = read('docker-compose.yml');
  await run(`sed -i 's/^      OTEL_SERVICE_NAME: rewards/&\\n      POINTS: 7/' docker-compose.yml`);
  expect(read('docker-compose.yml')).not.toBe(compose);
  expect((await run('./dev remove service rewards')).output).toMatch(
    /^The entry of rewards in docker-compose.yml is not as/,
  );
  await run('git checkout docker-compose.yml');
  appendFileSync(join(copy, 'services/rewards/src/main.ts'), '// more');
  expect((await run('./dev remove service rewards')).output).toMatch(/^Some of rewards is committed nowhere/);
  await run('git checkout services');
  expect(await run('./dev remove service rewards')).toMatchObject({ code: 0 });
}, 300_000);

test.each([
  ['billing --force', /^billing can't be removed, since others handle its events: .*\(InvoiceIssued\)/],
  ['loyalty', /^The entry of loyalty in docker-compose.yml is not as/],
  ['nobody', /^There is no service nobody; there are: /],
  ['kafka --force', /^There is no service kafka; there are: /],
])('%s is not removed', async (which, sentence) => {
  expect(await run(`./dev remove service ${which}`)).toEqual({
    code: 1,
    output: expect.stringMatching(sentence),
  });
});
