import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJestResult } from './jest-result.ts';
import { oneCheck, type Outcome } from './outcome.ts';
import { runCommand, tail, type RunOptions } from './run-command.ts';
import type { Selection } from './select-tests.ts';

/** How `runJest` runs tests. */
export interface JestOptions extends Pick<RunOptions, 'env' | 'signal'> {
  /** Folder for jest's output and its result. */
  logs: string;
  /** One file after the other: they break what all of them use. */
  inBand?: boolean;
  /** A module that is called before all tests and after them. */
  setup?: string;
}

// Jest needs the first for ES modules; the Kafka client sets timeouts in the past.
const nodeOptions =
  '--experimental-vm-modules --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning';

/** Runs the selected tests as the stage `stage`; when one fails, the end of jest's output is printed. */
export async function runJest(
  stage: string,
  { files, name }: Selection,
  options: JestOptions,
): Promise<Outcome> {
  const { logs, inBand = false, setup, env, signal } = options;
  const log = join(logs, `${stage}.log`);
  const result = join(logs, `${stage}.json`);
  await rm(result, { force: true });
  const command = ['jest', '--json', `--outputFile=${result}`];
  // What a test leaves open must not hold up the rest; its result is there by then.
  command.push('--forceExit');
  if (inBand) command.push('--runInBand');
  if (setup) command.push(`--globalSetup=${setup}`, `--globalTeardown=${setup}`);
  if (name !== undefined) command.push(`--testNamePattern=${name}`);
  const code = await runCommand([...command, '--runTestsByPath', ...files], {
    log,
    env: { ...env, NODE_OPTIONS: nodeOptions },
    signal,
  });
  const outcome = await readJestResult(result).catch(() => oneCheck(`${stage}: jest wrote no result`, false));
  if (code !== 0) console.error(await tail(log));
  // Of a selection by name the others count as skipped: nobody asked for them.
  return name === undefined ? outcome : { ...outcome, skipped: 0 };
}
