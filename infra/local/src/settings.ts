import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where one local system lives; several can run side by side. */
export interface Settings {
  /** Every port is this plus a fixed offset. `EVERYHOP_PORT_BASE`, default 4000. */
  portBase: number;
  /** Data, logs and the record of what runs. `EVERYHOP_STATE`, default `.everyhop` in the repository. */
  state: string;
  /** What was fetched, for all systems of this user. `EVERYHOP_CACHE`, default `~/.cache/everyhop`. */
  cache: string;
}

/** The repository's root; every command of the local system runs there. */
export const root = resolve(import.meta.dirname, '../../..');

/** Reads the settings from the environment; throws a sentence for one that can't be. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const portBase = Number(env.EVERYHOP_PORT_BASE || 4000);
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_400)
    throw new Error(
      `EVERYHOP_PORT_BASE is "${env.EVERYHOP_PORT_BASE}"; give a whole number from 1024 to 65400.`,
    );
  return {
    portBase,
    state: resolve(root, env.EVERYHOP_STATE || '.everyhop'),
    cache: resolve(env.EVERYHOP_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'everyhop')),
  };
}
