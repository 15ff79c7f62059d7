/** What would go wrong: a tutorial that does not work as written. It starts a whole system of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { everyhop, root } from '@everyhop/local';
import { anyBase, freePortBase } from '../stack/free-port-base.ts';
import { copyRepository } from './copy-repository.fixture.ts';
import { runPage } from './run-page.fixture.ts';

const copy = copyRepository();
const portBase = await freePortBase(anyBase(), everyhop);
const env = {
  ...{ EVERYHOP_PORT_BASE: String(portBase), EVERYHOP_STATE: join(copy, '.everyhop') },
  ...{ NODE_OPTIONS: '', LOG_LEVEL: 'info' },
};
afterAll(() => {
  execFileSync('./dev', ['down', '--wipe'], { cwd: copy, env: { ...process.env, ...env } });
  rmSync(copy, { recursive: true });
});

/** What is the same each time: without ids, times, the first digits of ports, and the order of lines. */
function steady(transcript: string): string {
  const masked = transcript
    .replaceAll(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<id>')
    .replaceAll(/\b[\da-f]{32}\b/g, '<trace>')
    .replaceAll(/\/view\/\S+/g, '/view/<mail>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[\d,.]+ m?s\b/g, '<duration>')
    .replaceAll(/127\.0\.0\.1:\d+(?=\d\d\b)/g, '127.0.0.1:40')
    .replaceAll(/ +/g, ' ');
  return masked
    .split(/^(?=\$ )/m)
    .map((step) => step.trim().split('\n').toSorted().join('\n'))
    .join('\n');
}

test('who follows the tutorial has a consumer, finds it in a trace, mends it, and is rid of it in the end', () => {
  const page = join(root, 'docs/tutorial.md');
  const before = lists();
  const { expected, actual } = runPage(page, copy, env);
  expect(steady(actual)).toBe(steady(expected));
  // So it can be done again.
  expect(lists()).toEqual(before);
  expect(existsSync(join(copy, 'services/rewards'))).toBe(false);
}, 600_000);

/** All that `./dev new service` and `./dev remove service` change outside of the folder of the service. */
const lists = () =>
  [
    ...['docker-compose.yml', 'infra/compose/prometheus-targets.yml', 'package-lock.json', 'tsconfig.json'],
    ...['schemas/README.md', 'schemas/asyncapi.json', 'schemas/published.sha256'],
  ].map((path) => readFileSync(join(copy, path), 'utf8'));
