import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Component,
  type EngineAddresses,
  engineAddresses,
  everyhop,
  portsFrom,
  type Ports,
  readSettings,
  type Settings,
  withNeeds,
} from '@everyhop/local';
import { aborted } from './aborted.ts';
import { PortsTaken } from './errors.ts';
import { anyBase, freePortBase } from './free-port-base.ts';
import { takenPorts } from './port-owner.ts';
import { createRecord, removeRecord, type StackRecord, writeRecord } from './record.ts';
import { takeRequests } from './requests.ts';
import { openState } from './state-folder.ts';
import { type Change, Supervised } from './supervised.ts';
import { sweep } from './sweep.ts';

/** What to start, and where; settings that are not given come from the environment. */
export interface StackOptions extends Partial<Omit<Settings, 'portBase'>> {
  /** Default: that of the environment. `free`: a block of ports, anywhere from 5000 on, of which none is taken. */
  portBase?: number | 'free';
  /** Names of components; they are started with all that they need. Default: the whole system. */
  only?: string[];
  /** Another system than the usual one, for the ports from `portBase` on. */
  components?: (portBase: number) => Component[];
  /** Told how far each component is. */
  report?: (change: Change) => void;
  /** Gives up the start. */
  signal?: AbortSignal;
}

/** A local system that runs, looked after by this process. */
export interface Stack extends AsyncDisposable {
  settings: Settings;
  ports: Ports;
  /** Environment that leads tests and tools to its engines. */
  engines: EngineAddresses;
  /** Ends every process, those first that need others, and resolves when nothing is left. */
  stop(): Promise<void>;
}

/**
 * Starts a local system and looks after it; resolves when all of it is ready (optional components may come later).
 * When that fails, or the signal aborts, everything is stopped again, and it rejects with a sentence that says why.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  if (process.platform !== 'linux')
    throw new Error('Everyhop runs as local processes on Linux, WSL included; here, use docker compose up.');
  const { only, report = () => undefined, signal } = options;
  const { components: componentsAt = (portBase: number) => everyhop(portBase, only) } = options;
  const settings = { ...readSettings(), ...defined(options) };
  openState(settings.state);
  await sweep(settings.state);
  if (options.portBase === 'free') settings.portBase = await freePortBase(anyBase(), componentsAt);
  const components = componentsAt(settings.portBase);
  const taken = await takenPorts(components);
  if (taken.length > 0)
    throw new PortsTaken(taken, await freePortBase(settings.portBase + 100, componentsAt));

  const record = createRecord(settings.state, settings.portBase);
  for (const folder of ['data', 'hold']) await mkdir(join(settings.state, folder), { recursive: true });
  const supervised = new Map<string, Supervised>();
  const remember = (change: Change) => {
    const { name, state, detail, url, process, restarts } = change;
    record.components[name] = { state, detail, url, process, restarts };
    try {
      writeRecord(settings.state, record);
    } catch (error) {
      // A full disk: what runs goes on, and the next change is written.
      console.error((error as Error).message);
    }
    report(change);
  };
  const bringUp = (component: Component) => {
    const needs = component.needs.map((name) => supervised.get(name)!.ready);
    supervised.set(component.name, new Supervised(component, settings, needs, remember));
  };
  for (const component of components) bringUp(component);
  let isStopping = false;
  const ignoreRequests = takeRequests(settings.state, async (names) => {
    const known = options.components?.(settings.portBase) ?? everyhop(settings.portBase, names);
    for (const component of missing(withNeeds(known, names), record)) {
      // What was given up on may have left a process.
      await supervised.get(component.name)?.stop();
      if (!isStopping) bringUp(component);
    }
  });
  const stop = once(async () => {
    isStopping = true;
    ignoreRequests();
    await stopAll([...supervised.values()]);
    removeRecord(settings.state);
  });
  try {
    const required = [...supervised.values()].filter(({ component }) => !component.optional);
    await Promise.race([Promise.all(required.map(({ ready }) => ready)), aborted(signal)]);
  } catch (error) {
    await stop();
    throw error;
  }
  const { portBase } = settings;
  return {
    settings,
    ports: portsFrom(portBase),
    engines: engineAddresses(portBase),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Those that do not run; and those that are run once to their end, where one that needs them does not run. */
function missing(components: Component[], { components: known }: StackRecord): Component[] {
  const isGone = ({ name }: Component) => !known[name] || known[name].state === 'failed';
  const gone = components.filter(isGone);
  const wanted = new Set(gone.flatMap(({ needs }) => needs));
  return components.filter(
    (one) => isGone(one) || (known[one.name]!.state === 'done' && wanted.has(one.name)),
  );
}

/** Those go first that nobody needs any more. */
async function stopAll(all: Supervised[]): Promise<void> {
  const stops = new Map<string, Promise<void>>();
  for (const one of all.toReversed()) {
    const dependents = all.filter(({ component }) => component.needs.includes(one.component.name));
    const before = dependents.map(({ component }) => stops.get(component.name));
    stops.set(
      one.component.name,
      Promise.all(before).then(() => one.stop()),
    );
  }
  await Promise.all(stops.values());
}

const defined = ({ state, cache, portBase }: StackOptions): Partial<Settings> => ({
  ...(state && { state }),
  ...(cache && { cache }),
  ...(typeof portBase === 'number' && { portBase }),
});

function once<R>(work: () => Promise<R>): () => Promise<R> {
  let result: Promise<R> | undefined;
  return () => (result ??= work());
}
