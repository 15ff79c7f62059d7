import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readSettings, root } from '@everyhop/local';
import { freePortBase, startStack } from '../stack/index.ts';
import { sweep } from '../stack/sweep.ts';
import { describeMachine } from './machine.ts';
import type { Report } from './report.ts';
import { componentsOf, type Stand, stands } from './stands.ts';

/** How to run benches. */
export interface BenchOptions {
  names: string[];
  quick: boolean;
  signal: AbortSignal;
}

/** Runs benches one after the other, each in a process of its own, and yields what each has found. */
export async function* runBenches({ names, quick, signal }: BenchOptions): AsyncGenerator<Report> {
  // To see that they run, one stand will do for all; to measure, each gets a fresh one.
  const groups: [Stand, string[]][] = quick
    ? [
        ['system', names.filter((name) => stands[name] !== 'nothing')],
        ['nothing', names.filter((name) => stands[name] === 'nothing')],
      ]
    : names.map((name) => [stands[name]!, [name]]);
  for (const [stand, members] of groups.filter(([, { length }]) => length > 0)) {
    await using place = await take(stand, signal);
    for (const name of members) yield await runBench(name, quick, place.env, signal);
  }
}

async function runBench(
  name: string,
  quick: boolean,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<Report> {
  console.error(name);
  const load = loadavg()[0]!;
  const child = spawn(process.execPath, ['bench/src/main.ts', name, ...(quick ? ['--quick'] : [])], {
    cwd: root,
    // As it is shipped: the libraries are taken from their builds.
    env: { ...process.env, NODE_OPTIONS: '--disable-warning=TimeoutNegativeWarning', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`The bench ${name} failed: it ended with code ${code}.`);
  const at = new Date().toISOString();
  return { bench: name, at, quick, machine: describeMachine(), load, ...JSON.parse(output) };
}

/** Starts what a bench stands on, with nothing in it, in the folder `bench` of the state. */
async function take(stand: Stand, signal: AbortSignal) {
  const state = join(readSettings().state, 'bench');
  await sweep(state);
  await rm(state, { recursive: true, force: true });
  if (stand === 'nothing') {
    const portBase = await freePortBase(5_000, componentsOf('system'));
    const env = { EVERYHOP_PORT_BASE: String(portBase), EVERYHOP_STATE: state };
    return { env, [Symbol.asyncDispose]: async () => undefined };
  }
  const optional = new Map(
    ['jaeger', 'connect'].map((name) => [name, Promise.withResolvers<{ ready: boolean }>()]),
  );
  const components = componentsOf(stand);
  const said = new Set<string>();
  const say = (line: string) => {
    // Each is reported with every change of its component.
    if (!said.has(line)) console.error(line);
    said.add(line);
  };
  const stack = await startStack({
    portBase: 'free',
    state,
    components,
    signal,
    report({ name, state, detail }) {
      if (detail) say(`  ${name}: ${detail.replace(/, \d+ %$/, '')}`);
      if (state === 'ready' || state === 'failed') optional.get(name)?.resolve({ ready: state === 'ready' });
    },
  });
  const { settings, engines } = stack;
  const env: Record<string, string> = {
    ...engines,
    EVERYHOP_PORT_BASE: String(settings.portBase),
    EVERYHOP_STATE: state,
  };
  for (const { name, url } of components(settings.portBase).filter((one) => one.optional)) {
    const { ready } = await optional.get(name)!.promise;
    if (ready && name === 'connect') env.CONNECT_URL = url!;
    if (!ready) console.error(`  without ${name}, as it could not be had`);
  }
  return { env, [Symbol.asyncDispose]: stack.stop };
}
