import { setTimeout as delay } from 'node:timers/promises';
import { isSupervised, readRecord, type ComponentRecord } from './record.ts';
import { requestStart } from './requests.ts';
import type { Change } from './supervised.ts';

const pauseMs = 100;

/** What to start in a stack that another process looks after. */
export interface StartOptions {
  /** Names of components; what they need is started, too. */
  names: string[];
  /** Those of them that nothing waits for. */
  optional?: string[];
  /** Told how far each of them is. */
  report?: (change: Change) => void;
  /** Gives up waiting; what is being started goes on. */
  signal?: AbortSignal;
}

/**
 * Has the components `names` of the stack in `state` started, those excepted that run; resolves when they are ready.
 * Rejects with a sentence when one of them fails.
 */
export async function startMore(state: string, options: StartOptions): Promise<void> {
  const { names, optional = [], report, signal } = options;
  const isWaiting = requestStart(state, names);
  const last = new Map<string, string>();
  for (;;) {
    const record = readRecord(state);
    if (!record || !isSupervised(record)) throw new Error('Everyhop was stopped meanwhile.');
    const taken = !isWaiting();
    const all = Object.entries(readRecord(state)?.components ?? {});
    for (const [name, one] of taken ? all : []) {
      const text = JSON.stringify([one.state, one.detail]);
      if (last.has(name) ? last.get(name) !== text : isUnderWay(one)) report?.({ name, ...one });
      last.set(name, text);
    }
    const own = all.filter(([name]) => names.includes(name) && !optional.includes(name));
    const failed = own.find(([, { state }]) => state === 'failed');
    if (taken && failed) throw new Error(failed[1].detail);
    if (taken && own.every(([, { state }]) => state === 'ready')) return;
    await delay(pauseMs, undefined, { signal });
  }
}

const isUnderWay = ({ state }: ComponentRecord) =>
  ['preparing', 'waiting', 'starting', 'failed'].includes(state);
