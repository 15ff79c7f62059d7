import { fork } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, root, type Settings } from '@everyhop/local';
import type { StackOptions } from './start-stack.ts';
import type { Message } from './supervisor.ts';
import { openState } from './state-folder.ts';
import { sweep } from './sweep.ts';

/** Starts a stack that goes on when this process has ended; resolves when it is ready, rejects as `startStack` does. */
export async function startInBackground(
  options: Omit<StackOptions, 'portBase'> & Partial<Settings>,
): Promise<void> {
  const { only = [], report, signal, ...places } = options;
  const { state, cache, portBase } = { ...readSettings(), ...places };
  openState(state);
  await sweep(state);
  const logs = join(state, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = openSync(join(logs, 'supervisor.log'), 'w');
  const child = fork(new URL('supervisor.ts', import.meta.url), only, {
    cwd: root,
    detached: true,
    env: {
      ...process.env,
      EVERYHOP_STATE: state,
      EVERYHOP_CACHE: cache,
      EVERYHOP_PORT_BASE: String(portBase),
    },
    stdio: ['ignore', log, log, 'ipc'],
  });
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => child.kill());
    child.on('exit', (code) =>
      reject(signal?.reason ?? new Error(`The supervisor ended with code ${code}: see ${logs}.`)),
    );
    child.on('message', (message: Message) => {
      if ('change' in message) report?.(message.change);
      else if ('failure' in message) reject(new Error(message.failure));
      else {
        child.disconnect();
        child.unref();
        resolve();
      }
    });
  });
}
