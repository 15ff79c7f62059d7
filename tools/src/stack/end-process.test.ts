/** `./dev down` ends processes by number. It must get all of ours, and never one that only has the same number. */
import { afterEach, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endProcess } from './end-process.ts';
import { identify, isRunning, type ProcessId, residentMb, treeOf } from './process-table.ts';

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

/** Runs a script that prints one line when it is ready. */
async function run(script: string): Promise<{ id: ProcessId; line: string }> {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const [line] = await once(createInterface(child.stdout!), 'line');
  return { id: identify(child.pid!)!, line };
}

test('a process is ended with all that it started', async () => {
  const { id, line } = await run('sleep 1000 & echo $!; wait');
  const child = identify(Number(line))!;
  expect(treeOf(id)).toEqual([id, child]);
  expect(await endProcess(id)).toBe(true);
  expect([id, child].filter(isRunning)).toEqual([]);
});

test('a process that ignores the request is killed', async () => {
  const { id } = await run(`trap '' TERM; echo ready; while :; do sleep 1; done`);
  expect(await endProcess(id, 'SIGTERM', 100)).toBe(false);
  expect(isRunning(id)).toBe(false);
});

test('another process with the same pid is left alone', async () => {
  const { id } = await run('echo ready; exec sleep 1000');
  const earlier = { pid: id.pid, startedAt: '1' };
  expect(isRunning(earlier)).toBe(false);
  expect(treeOf(earlier)).toEqual([]);
  await endProcess(earlier);
  expect(isRunning(id)).toBe(true);
});

test('a process that is gone needs no ending', async () => {
  const { id } = await run('echo ready; exec sleep 1000');
  await endProcess(id);
  await endProcess(id);
  expect(identify(id.pid)).toBeUndefined();
});

test('memory is that of all the given processes', () => {
  const own = identify(process.pid)!;
  expect(residentMb([own])).toBeGreaterThan(10);
  expect(residentMb([])).toBe(0);
});
