import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';

/** Runs a command of `./dev` and returns what it prints; rejects when it fails. */
export async function dev(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('./dev', args, { cwd: root, maxBuffer: 2 ** 26 });
  return stdout;
}

/** What `./dev status` knows of the process `name`. */
export async function statusOf(name: string): Promise<{ state: string; pid: number | null }> {
  const all = JSON.parse(await dev('status', '--json')) as {
    name: string;
    state: string;
    pid: number | null;
  }[];
  return all.find((process) => process.name === name)!;
}

/** Kills a process with no chance to tidy up; the stack starts it again. */
export async function kill(name: string): Promise<void> {
  const { pid } = await statusOf(name);
  process.kill(pid!, 'SIGKILL');
}

/** Resolves when the process `name` does its work. */
export const ready = (name: string) =>
  waitUntil(`${name} is ready`, async () => (await statusOf(name)).state === 'ready', { timeoutMs: 60_000 });
