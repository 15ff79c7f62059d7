import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startStack } from '../stack/index.ts';
import type { Run } from './run.ts';

/**
 * Starts a system with nothing in it yet, on ports that are free, does `work`, and stops it. `only`: the components,
 * with all that they need; without it all of them, Jaeger too. `env` leads tests and `./dev` to it.
 */
export async function onStack<R>(
  { folder: state, signal }: Run,
  only: string[] | undefined,
  work: (env: Record<string, string>) => Promise<R>,
): Promise<R> {
  const jaeger = Promise.withResolvers<void>();
  if (!only) process.env.LOG_LEVEL ??= 'debug'; // The tests also look at what is logged.
  await rm(join(state, 'data'), { recursive: true, force: true });
  await using stack = await startStack({
    portBase: 'free',
    state,
    only,
    signal,
    report({ name, state, detail }) {
      if (detail) console.log(`  ${name}: ${detail}`);
      if (name === 'jaeger' && (state === 'ready' || state === 'failed')) jaeger.resolve();
    },
  });
  // The system does not wait for it: on some machines it has to be built first.
  if (!only) await jaeger.promise;
  const { settings, engines } = stack;
  return await work({ ...engines, EVERYHOP_PORT_BASE: String(settings.portBase), EVERYHOP_STATE: state });
}
