import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { makeFolder, root } from '@everyhop/local';

/** Makes the folder `state`; throws a sentence when nothing can be written there. */
export function openState(state: string): void {
  makeFolder(state, 'EVERYHOP_STATE');
  const probe = join(state, `probe-${process.pid}`);
  try {
    writeFileSync(probe, Buffer.alloc(4096));
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`Nothing can be written to EVERYHOP_STATE (${reason}).`, { cause: error });
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Where the output of a component goes. */
export const logFile = (state: string, name: string): string => join(state, 'logs', `${name}.log`);

/** While this file is there, a component that has ended is not started again. */
export const holdFile = (state: string, name: string): string => join(state, 'hold', name);

/** What a log said last; undefined when that is nothing. */
export const lastLine = (log: string): string | undefined =>
  readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) || undefined;

/** An error that says `sentence`, and what the log said last. */
export function withLog(sentence: string, log: string): Error {
  const inside = relative(root, log);
  const shown = inside.startsWith('..') ? log : inside;
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15);
  return new Error(`${sentence}. The end of ${shown}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
