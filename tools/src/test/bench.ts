import { join } from 'node:path';
import { oneCheck, type Outcome } from './outcome.ts';
import { runCommand, tail, type RunOptions } from './run-command.ts';

const quick = [
  process.execPath,
  '--conditions=everyhop-source',
  'tools/src/main.ts',
  'bench',
  'all',
  '--quick',
];

/**
 * Runs every bench once, with small numbers: it has to run, to lose nothing, and to come to numbers that can be; how
 * large they are is not looked at. `logs`: folder for its output.
 */
export async function benchStage({
  logs,
  signal,
}: Pick<RunOptions, 'signal'> & { logs: string }): Promise<Outcome> {
  const log = join(logs, 'bench.log');
  const code = await runCommand(quick, { log, env: { EVERYHOP_STATE: logs }, signal });
  if (code !== 0) console.error(await tail(log));
  return oneCheck('bench all --quick', code === 0);
}
