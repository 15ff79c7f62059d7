/** What would go wrong: a fault is not made and nobody notices, or what was frozen stays so. */
import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitUntil } from '@everyhop/testing';
import { identify, isRunning, type ProcessId } from '../stack/process-table.ts';
import { injectFaults } from './inject-faults.ts';
import type { Fault } from './plan-faults.ts';

const processes: ProcessId[] = [];
afterEach(() => {
  for (const id of processes.splice(0)) if (isRunning(id)) process.kill(id.pid, 'SIGKILL');
});

function aProcess(): ProcessId {
  const id = identify(spawn('sleep', ['1000'], { stdio: 'ignore' }).pid!)!;
  processes.push(id);
  return id;
}

const isFrozen = ({ pid }: ProcessId) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] === 'T';
const fault = (kind: Fault['kind'], forMs = 0): Fault => ({ atMs: 0, kind, target: 'billing', forMs });

function inject(plan: Fault[], target: ProcessId | undefined, signal?: AbortSignal) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line.trim());
  const counts = injectFaults(plan, { portBase: 1, processOf: () => target, say, signal });
  return { said, counts };
}

test.each(['kill', 'restart'] as const)('a %s ends the process and is counted', async (kind) => {
  const target = aProcess();
  const { counts, said } = inject([fault(kind)], target);
  expect((await counts)[`${kind}s`]).toBe(1);
  expect(isRunning(target)).toBe(false);
  expect(said).toEqual([`0.0 s  ${kind} billing`]);
});

test('what is frozen goes on after its time', async () => {
  const target = aProcess();
  const { counts } = inject([fault('freeze', 100)], target);
  await waitUntil('it is frozen', () => isFrozen(target));
  expect(await counts).toEqual({ kills: 0, freezes: 1, restarts: 0, cuts: 0 });
  expect(isFrozen(target)).toBe(false);
});

test('what is frozen goes on when the run is interrupted', async () => {
  const target = aProcess();
  const interruption = new AbortController();
  const { counts } = inject([fault('freeze', 3_600_000)], target, interruption.signal);
  await waitUntil('it is frozen', () => isFrozen(target));
  interruption.abort();
  await expect(counts).rejects.toThrow();
  expect(isFrozen(target)).toBe(false);
});

test('what is down is left alone, which is said and not counted', async () => {
  const { counts, said } = inject([fault('kill')], undefined);
  expect(await counts).toEqual({ kills: 0, freezes: 0, restarts: 0, cuts: 0 });
  expect(said).toEqual(['0.0 s  kill billing: it is down']);
});
