import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test as always } from '@jest/globals';
import { findPrometheus, readSettings, root } from '@everyhop/local';

/** Runs a command in the repository's root, and returns what it prints; rejects when it fails. */
export async function run([command, ...args]: string[], options: { cwd?: string; env?: object } = {}) {
  const { cwd = root, env } = options;
  const { stdout } = await promisify(execFile)(command!, args, { cwd, env: { ...process.env, ...env } });
  return stdout;
}

const workshop = {
  cache: readSettings().cache,
  signal: new AbortController().signal,
  say: () => undefined,
  run: async (command: string[], options?: object) => void (await run(command, options)),
};

/** Where `promtool` is; undefined where it can't be had, which is said. */
export const promtool = await findPrometheus(workshop, 'promtool').catch(({ message }: Error) => {
  console.warn(`What needs it is skipped: ${message}`);
  return undefined;
});

/** A test that needs Prometheus. */
export const test: typeof always.skip = promtool === undefined ? always.skip : always;
