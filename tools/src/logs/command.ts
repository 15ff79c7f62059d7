import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readSettings } from '@everyhop/local';
import { findTrail } from '../trail/find-trail.ts';
import { UsageError } from '../usage-error.ts';
import { forPeople, type Line, lineReader } from './line.ts';

/** What `./dev logs` is given. */
interface LogsOptions {
  /** Whether it goes on as they say more. */
  follow?: boolean;
  /** How many of the last lines of each. */
  lines: number;
  /** Only what belongs to this order or event: its ids, and those of its traces. */
  order?: string;
  /** Whether lines are printed as they stand in the files. */
  json?: boolean;
}

/** `./dev logs`: what the components `names` say, by default all, in the order of time. */
export async function logs(names: string[], { follow, lines, order, json }: LogsOptions): Promise<number> {
  const folder = join(readSettings().state, 'logs');
  const files = await readdir(folder).catch(() => []);
  const known = files.filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -4));
  if (known.length === 0) throw new Error('There are no logs yet: start the system with ./dev up.');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new UsageError(`There is no log of "${unknown}". There are: ${known.join(', ')}.`);

  const ids = order ? await idsOf(order) : undefined;
  const isWanted = ({ raw }: Line) => !ids || ids.some((id) => raw.includes(id));
  const print = (line: Line) => console.log(json ? line.raw : forPeople(line));
  const wanted = names.length > 0 ? names : known;
  const said: Line[] = [];
  // Who follows wants each line at once; else all are put in the order of time.
  const take = (line: Line) => void (isWanted(line) && (follow ? print(line) : said.push(line)));
  // Of an order all lines are looked through, not only the last.
  const from = ids ? '+1' : String(lines);
  await Promise.all(
    wanted.map((name) => tail(join(folder, `${name}.log`), from, follow, lineReader(name), take)),
  );
  for (const line of said.toSorted((one, other) => one.at - other.at)) print(line);
  return 0;
}

async function tail(
  file: string,
  from: string,
  follow: boolean | undefined,
  read: (raw: string) => Line,
  take: (line: Line) => void,
): Promise<void> {
  const child = spawn('tail', ['-n', from, ...(follow ? ['-F'] : []), file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // Else one that follows a quiet file would outlive us.
  process.once('exit', () => child.kill());
  const ended = once(child, 'close');
  for await (const raw of createInterface({ input: child.stdout })) if (raw !== '') take(read(raw));
  await ended;
}

/** What a line that belongs to an order or an event has in it. */
async function idsOf(id: string): Promise<string[]> {
  const { entries } = await findTrail(id);
  return [
    ...new Set([
      id,
      ...entries.flatMap(({ eventId, correlationId, traceId }) => [eventId, correlationId, traceId]),
    ]),
  ].filter((one) => one !== null);
}
