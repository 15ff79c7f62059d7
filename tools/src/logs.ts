import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '@everyhop/local';
import { runHere } from './run-here.ts';
import { UsageError } from './usage-error.ts';

/** `./dev logs`: the last `lines` of what the components `names` say, by default of all; `follow` goes on as they say more. */
export async function logs(
  names: string[],
  { follow, lines }: { follow?: boolean; lines: number },
): Promise<number> {
  const folder = join(readSettings().state, 'logs');
  const files = await readdir(folder).catch(() => []);
  const known = files.filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -4));
  if (known.length === 0) throw new Error('There are no logs yet: start the system with ./dev up.');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new UsageError(`There is no log of "${unknown}". There are: ${known.join(', ')}.`);
  const wanted = (names.length > 0 ? names : known).map((name) => join(folder, `${name}.log`));
  return runHere(['tail', '-n', String(lines), ...(follow ? ['-F'] : []), ...wanted]);
}
