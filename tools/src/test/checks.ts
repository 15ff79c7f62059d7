import { join } from 'node:path';
import { oneCheck, type Outcome } from './outcome.ts';
import { runCommand, tail, type RunOptions } from './run-command.ts';

const dev = ['node', '--conditions=everyhop-source', 'tools/src/main.ts'];

/** What is checked without running anything of ours, and the command that fails when it is not so. */
export const checks: Record<string, string[]> = {
  format: ['prettier', '--check', '.'],
  // Module boundaries included: see eslint.config.js.
  lint: ['eslint', '--max-warnings=0', '.'],
  // Which way imports go: see .dependency-cruiser.js.
  imports: [
    'depcruise',
    '--config',
    '.dependency-cruiser.js',
    'libs',
    'services',
    'tools',
    'infra',
    'bench',
    'e2e',
  ],
  types: ['tsc', '-b'],
  interfaces: [...dev, 'api', 'check'],
  contracts: [...dev, 'events', 'check'],
  observability: [...dev, 'observability', 'check'],
};

/** Runs one of the checks; prints what it says when it fails. `logs`: folder for its output. */
export async function runCheck(name: string, logs: string, signal?: RunOptions['signal']): Promise<Outcome> {
  const log = join(logs, `${name}.log`);
  const isGood = (await runCommand(checks[name]!, { log, signal })) === 0;
  if (!isGood) console.error(await tail(log));
  return oneCheck(name, isGood);
}
