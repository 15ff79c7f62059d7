import { runHere } from './run-here.ts';

/** `./dev build`: compiles and type-checks what changed; default: everywhere. */
export const build = (projects: string[] = []): Promise<number> =>
  runHere([process.execPath, 'node_modules/.bin/tsc', '-b', ...projects]);
