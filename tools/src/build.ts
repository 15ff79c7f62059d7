import { runHere } from './run-here.ts';

/** `./dev build`: compiles and type-checks what changed. */
export const build = (args: string[]): Promise<number> =>
  runHere([process.execPath, 'node_modules/.bin/tsc', '-b', ...args]);
