import { engineAddresses, readSettings } from '@everyhop/local';
import { runHere } from './run-here.ts';

/** `./dev setup`: creates databases, topics and schemas where they are missing; with `step` only those. */
export const setup = (step?: string): Promise<number> =>
  runHere(
    [
      ...[process.execPath, '--conditions=everyhop-source', '--disable-warning=TimeoutNegativeWarning'],
      ...['tools/src/setup/main.ts', ...(step ? [step] : [])],
    ],
    engineAddresses(readSettings().portBase),
  );
