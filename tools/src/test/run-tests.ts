import { engineNames } from '@everyhop/local';
import { runJest } from './jest.ts';
import { onStack } from './on-stack.ts';
import type { Outcome } from './outcome.ts';
import { runStage, type Run } from './run.ts';
import type { Selection } from './select-tests.ts';

/**
 * Runs the selected tests: first those that start by themselves what they test, on real engines; then those that look
 * at the whole system from outside, one after the other, as some of them break it.
 */
export async function runTests(run: Run, { files, name }: Selection): Promise<Outcome[]> {
  const { folder: logs, signal } = run;
  const stages = [
    { stage: 'tests', files: files.filter((file) => !isEndToEnd(file)), only: [...engineNames, 'events'] },
    { stage: 'e2e', files: files.filter(isEndToEnd), inBand: true },
  ];
  const outcomes: Outcome[] = [];
  for (const { stage, files, only, inBand } of stages.filter(({ files }) => files.length > 0)) {
    const work = (env: Record<string, string>) =>
      runJest(stage, { files, name }, { logs, env, inBand, signal });
    outcomes.push(await runStage(stage, run, () => onStack(run, only, work)));
  }
  return outcomes;
}

const isEndToEnd = (file: string): boolean => file.endsWith('.e2e.ts');
