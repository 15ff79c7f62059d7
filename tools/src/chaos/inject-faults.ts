import { setTimeout as delay } from 'node:timers/promises';
import { databaseUrl } from '@everyhop/local';
import pg from 'pg';
import { endProcess } from '../stack/end-process.ts';
import { isRunning, type ProcessId, treeOf } from '../stack/process-table.ts';
import type { Fault } from './plan-faults.ts';
import { serviceOf } from './system.ts';

/** How often each was done. */
export interface FaultCounts {
  kills: number;
  freezes: number;
  restarts: number;
  cuts: number;
}

/** What faults are made in. */
export interface InjectOptions {
  portBase: number;
  /** The process of a component, as far as it runs. */
  processOf(name: string): ProcessId | undefined;
  /** Told what is done. */
  say(line: string): void;
  signal?: AbortSignal;
}

/**
 * Carries out a plan; resolves when the last one that was frozen goes on. What can't be done because its target is
 * down at that time is not counted.
 */
export async function injectFaults(plan: Fault[], options: InjectOptions): Promise<FaultCounts> {
  const counts: FaultCounts = { kills: 0, freezes: 0, restarts: 0, cuts: 0 };
  const start = performance.now();
  const carryOut = async (fault: Fault) => {
    const { atMs, kind, target, forMs } = fault;
    await delay(Math.max(atMs + start - performance.now(), 0), undefined, { signal: options.signal });
    const process = options.processOf(target);
    const isPossible = process !== undefined && isRunning(process);
    const words = `${kind} ${target}${forMs ? ` for ${(forMs / 1_000).toFixed(1)} s` : ''}`;
    options.say(`${(atMs / 1_000).toFixed(1).padStart(6)} s  ${words}${isPossible ? '' : ': it is down'}`);
    if (!isPossible) return;
    counts[`${kind}s`]++;
    await deeds[kind](process, fault, options);
  };
  await Promise.all(plan.map(carryOut));
  return counts;
}

type Deed = (process: ProcessId, fault: Fault, options: InjectOptions) => Promise<unknown>;

const deeds: Record<Fault['kind'], Deed> = {
  kill: (process) => endProcess(process, 'SIGKILL'),
  // PostgreSQL would wait for its clients to leave at SIGTERM.
  restart: (process, { target }) => endProcess(process, target === 'postgres' ? 'SIGINT' : 'SIGTERM'),
  async freeze(process, { forMs }, { signal }) {
    const tree = treeOf(process);
    send(tree, 'SIGSTOP');
    await delay(forMs, undefined, { signal }).finally(() => send(tree, 'SIGCONT'));
  },
  async cut(_, { target }, { portBase }) {
    const client = new pg.Client(databaseUrl(portBase, serviceOf(target)).href);
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'outbox relay' and datname = current_database()`);
    } catch {
      // PostgreSQL is down itself: so is the relay's connection.
    } finally {
      await client.end();
    }
  },
};

function send(processes: ProcessId[], signal: NodeJS.Signals): void {
  for (const id of processes) if (isRunning(id)) process.kill(id.pid, signal);
}
