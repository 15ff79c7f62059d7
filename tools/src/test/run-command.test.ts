import { afterAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@everyhop/testing';
import { runCommand, tail } from './run-command.ts';

const folder = await mkdtemp(join(tmpdir(), 'everyhop-test-'));
afterAll(() => rm(folder, { recursive: true }));

test('all that a command says is in the log, in its order', async () => {
  const log = join(folder, 'new/said.log');
  const script = 'console.log("one"); console.error(process.env.TWO); process.exitCode = 3';
  expect(await runCommand(['node', '-e', script], { log, env: { TWO: 'two' } })).toBe(3);
  expect(await tail(log)).toBe('one\ntwo');
});

test('a command that there is not counts as failed, and the log says which', async () => {
  const log = join(folder, 'missing.log');
  expect(await runCommand(['no-such-command'], { log })).toBe(127);
  expect(await tail(log)).toContain('no-such-command');
});

test('a command runs on the Node that runs this', async () => {
  const log = join(folder, 'node.log');
  await runCommand(['node', '-p', 'process.version'], { log });
  expect(await tail(log)).toBe(process.version);
});

test('a command that nobody wants any more is ended', async () => {
  const log = join(folder, 'ended.log');
  const abort = new AbortController();
  const run = runCommand(['node', '-e', 'console.log("up"); setInterval(() => {}, 1e6)'], {
    log,
    signal: abort.signal,
  });
  await waitUntil('it runs', async () => (await tail(log)) === 'up');
  abort.abort();
  expect(await run).not.toBe(0);
});

test('of a long log the end is shown, and where the rest is', async () => {
  const log = join(folder, 'long.log');
  await runCommand(['node', '-e', 'for (let n = 1; n <= 9; n++) console.log(n)'], { log });
  expect(await tail(log, 2)).toBe(`The last 2 of the 9 lines of ${log}:\n8\n9`);
});
