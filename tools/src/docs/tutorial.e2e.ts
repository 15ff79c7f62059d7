/** What would go wrong: a tutorial that does not work as written. It starts a whole system of its own. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { everyhop, root } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';
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

test('who follows the tutorial has a consumer, and finds it in the trace of an order', async () => {
  const { expected, actual } = runPage(join(root, 'docs/tutorial.md'), copy, env);
  expect(steady(actual)).toBe(steady(expected));
  const [trace] = /http:\S+\/trace\/[\da-f]{32}/.exec(actual)!;
  await waitUntil('rewards is in the trace', async () => {
    const response = await fetch(trace.replace('/trace/', '/api/v3/traces/'));
    return (await response.text()).includes('rewards.order-placed');
  });
}, 600_000);
