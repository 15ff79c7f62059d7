import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJestResult } from './jest-result.ts';
import { oneCheck, repeated, type Outcome } from './outcome.ts';
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

// More than these are no accident.
const repeatAtMost = 3;

/**
 * Runs the selected tests as the stage `stage`; when one fails, the end of jest's output is printed. Up to three files
 * that failed are run once more, alone, and that is said: on a busy machine a real system may be late once.
 */
export async function runJest(stage: string, selection: Selection, options: JestOptions): Promise<Outcome> {
  const first = await runOnce(stage, selection, options);
  const files = selection.files.filter((file) =>
    first.failures.some((failure) => failure.startsWith(`${file}: `)),
  );
  if (files.length === 0 || files.length > repeatAtMost || files.length === selection.files.length)
    return first;
  console.log(`  once more, alone: ${first.failures.join('; ')}`);
  const again = await runOnce(`${stage}-again`, { ...selection, files }, { ...options, inBand: true });
  return repeated(first, again);
}

async function runOnce(stage: string, { files, name }: Selection, options: JestOptions): Promise<Outcome> {
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
