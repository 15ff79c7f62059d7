import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '@everyhop/local';

/** Where the output of a component goes. */
export const logFile = (state: string, name: string): string => join(state, 'logs', `${name}.log`);

/** While this file is there, a component that has ended is not started again. */
export const holdFile = (state: string, name: string): string => join(state, 'hold', name);

/** An error that says `sentence`, and what the log said last. */
export function withLog(sentence: string, log: string): Error {
  const inside = relative(root, log);
  const shown = inside.startsWith('..') ? log : inside;
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15);
  return new Error(`${sentence}. The end of ${shown}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
