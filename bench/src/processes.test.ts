import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { cpuMsOf, memoryMbOf } from './processes.ts';

// A shell that starts a program and waits for it, as a server does with its workers.
const busy = `let n = 0; const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end) n++;`;

test('the CPU that a process uses counts, and that of what it has started, also when that has ended', async () => {
  const script = `"$0" -e '${busy}'; echo ended; read line`;
  const child = spawn('sh', ['-c', script, process.execPath], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child.stdout!, 'data');
  expect(cpuMsOf(child.pid!)).toBeGreaterThanOrEqual(300);
  expect(memoryMbOf(child.pid!)).toBeGreaterThan(0);
  child.stdin!.end('\n');
  await once(child, 'exit');
  expect(cpuMsOf(child.pid!)).toBe(0);
});
