import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '@everyhop/local';
import { openState } from '../stack/state-folder.ts';
import { sweep } from '../stack/sweep.ts';
import { benchStage } from './bench.ts';
import { checks, runCheck } from './checks.ts';
import { composeStage } from './compose.ts';
import { containersStage } from './containers.ts';
import { summary, total, type Outcome } from './outcome.ts';
import { runStage, type Run } from './run.ts';
import { runTests } from './run-tests.ts';
import { selectTests, testFiles } from './select-tests.ts';

/**
 * `./dev test`: checks everything there is to check; with `filter`, only runs the tests whose path or name contains it. The last line is `N passed, N failed`, and what was skipped. Resolves to 1 when something failed.
 */
export async function test(filter: string[]): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => interruption.abort(new Error('The tests were interrupted.')));
  const run = { folder: join(readSettings().state, 'test'), signal: interruption.signal };
  openState(run.folder);
  // What a run that was killed has left.
  await sweep(run.folder);
  await rm(run.folder, { recursive: true, force: true });

  const outcomes = filter.length > 0 ? await some(run, filter.join(' ')) : await all(run);
  const result = total(outcomes);
  for (const failure of result.failures) console.log(`failed: ${failure}`);
  console.log(summary(result));
  return result.failed > 0 ? 1 : 0;
}

async function all(run: Run): Promise<Outcome[]> {
  const { folder: logs, signal } = run;
  const outcomes: Outcome[] = [];
  for (const name of Object.keys(checks))
    outcomes.push(await runStage(name, run, () => runCheck(name, logs, signal)));
  outcomes.push(...(await runTests(run, { files: await testFiles(logs) })));
  outcomes.push(await runStage('bench', run, () => benchStage({ logs, signal })));
  outcomes.push(await runStage('containers', run, () => containersStage({ logs, signal })));
  outcomes.push(await runStage('compose', run, () => composeStage({ logs, signal })));
  return outcomes;
}

async function some(run: Run, filter: string): Promise<Outcome[]> {
  const selection = await selectTests(await testFiles(run.folder), filter);
  if (selection.files.length === 0) throw new Error(`No test has "${filter}" in its path or its name.`);
  // Some tests start processes, and those run what is built.
  const types = await runStage('types', run, () => runCheck('types', run.folder, run.signal));
  return types.failed > 0 ? [types] : runTests(run, selection);
}
