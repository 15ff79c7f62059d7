import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings } from '@everyhop/local';
import { runHere } from './run-here.ts';

/** `./dev logs [NAME…] [-f] [-n LINES]`: the last lines of what the components say; `-f` goes on as they say more. */
export async function logs(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      follow: { type: 'boolean', short: 'f' },
      lines: { type: 'string', short: 'n', default: '100' },
    },
  });
  const folder = join(readSettings().state, 'logs');
  const files = await readdir(folder).catch(() => []);
  const known = files.filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -4));
  if (known.length === 0) throw new Error('There are no logs yet: start the system with ./dev up.');
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown) throw new Error(`There is no log of "${unknown}". There are: ${known.join(', ')}.`);
  if (!/^\d+$/.test(values.lines)) throw new Error(`-n is a number of lines, not "${values.lines}".`);
  const wanted = (positionals.length > 0 ? positionals : known).map((name) => join(folder, `${name}.log`));
  return runHere(['tail', '-n', values.lines, ...(values.follow ? ['-F'] : []), ...wanted]);
}
