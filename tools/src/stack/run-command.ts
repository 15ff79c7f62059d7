import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { root } from '@everyhop/local';

/** How a command is run. */
export interface CommandOptions {
  /** File that its output is added to. */
  log: string;
  cwd?: string;
  env?: Record<string, string>;
}

/**
 * Starts a command in a session of its own, so that Ctrl-C in the terminal reaches only us. `ended` resolves with how
 * it ended, as words for a sentence; undefined when that was with code 0.
 */
export function start([program, ...args]: string[], { log, cwd = root, env }: CommandOptions) {
  const output = openSync(log, 'a');
  const child = spawn(program!, args, {
    cwd,
    // Options for this Node are not meant for those that it starts.
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const ended = once(child, 'exit')
    .finally(() => child.pid && endGroup(child.pid))
    .then(
      ([code, signal]) =>
        code === 0 ? undefined : signal ? `was ended by ${signal}` : `ended with code ${code}`,
      (error: Error) => `could not be started (${error.message})`,
    );
  return { pid: child.pid, ended };
}

/** What a command has left running when it ended goes with it. */
function endGroup(leader: number) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has left nothing.
  }
}
