import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { root } from '@everyhop/local';

/** How `runCommand` runs a command. */
export interface RunOptions {
  /** The file that gets all of its output. */
  log: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Ends the command. */
  signal?: AbortSignal;
}

// The command's own `#!/usr/bin/env node` has to find the Node that runs this.
const path = [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter);

/**
 * Runs a command of the repository, in its root, with all output in a file. Resolves to its exit code; one that
 * could not run at all counts as 127, one that was killed as 1.
 */
export async function runCommand(
  [command, ...args]: string[],
  { log, env, signal }: RunOptions,
): Promise<number> {
  await mkdir(dirname(log), { recursive: true });
  await using file = await open(log, 'w');
  try {
    const child = spawn(command!, args, {
      cwd: root,
      env: { ...process.env, ...env, PATH: path },
      stdio: ['ignore', file.fd, file.fd],
      signal,
    });
    const [code] = await once(child, 'exit');
    return code ?? 1;
  } catch (error) {
    await file.appendFile(`${command}: ${(error as Error).message}\n`);
    return 127;
  }
}

/** What a log file says; of a long one its last `lines`, and where the rest is. */
export async function tail(log: string, lines = 200): Promise<string> {
  const all = (await readFile(log, 'utf8')).trimEnd().split('\n');
  if (all.length <= lines) return all.join('\n');
  return [`The last ${lines} of the ${all.length} lines of ${log}:`, ...all.slice(-lines)].join('\n');
}
