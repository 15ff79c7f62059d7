import { engineAddresses, readSettings } from '@everyhop/local';
import { runHere } from './run-here.ts';

/** `./dev setup [STEP]`: creates databases, topics and schemas where they are missing. */
export const setup = (args: string[]): Promise<number> =>
  runHere(
    [
      ...[process.execPath, '--conditions=everyhop-source', '--disable-warning=TimeoutNegativeWarning'],
      ...['tools/src/setup/main.ts', ...args],
    ],
    engineAddresses(readSettings().portBase),
  );
