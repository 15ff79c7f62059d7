import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environmentOf, readSettings, serviceNames } from '@everyhop/local';
import { UsageError } from './usage-error.ts';

/** `./dev psql`: opens psql on the database of `service`; `args` are passed on. Resolves to its exit code. */
export async function psql(service: string, args: string[]): Promise<number> {
  if (!serviceNames.includes(service))
    throw new UsageError(
      `There is no service "${service}"; there are: ${serviceNames.toSorted().join(', ')}.`,
    );
  const { DATABASE_URL } = environmentOf(service, readSettings().portBase);
  const child = spawn('psql', [DATABASE_URL!, ...args], { stdio: 'inherit' });
  // Ctrl-C ends a statement, not psql.
  process.on('SIGINT', () => undefined);
  const ended = once(child, 'exit').catch((cause) => {
    throw new Error(
      `There is no psql on this machine: install it (on Debian: apt-get install postgresql-client), or connect with another client to ${DATABASE_URL}.`,
      { cause },
    );
  });
  const [code] = await ended;
  return code ?? 1;
}
