import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from './sample.ts';
import { cpuMsOf } from './processes.ts';

const shownAs: Record<string, string> = {
  postgres: 'Postgres',
  kafka: 'broker',
  connect: 'Connect',
  jaeger: 'Jaeger',
};

/** CPU time in ms by whose it is. */
type Reading = Map<string, number>;

/** Reads how much CPU this process and each engine of the stack have used. */
export class CpuMeter {
  readonly #pids = new Map<string, () => number>();

  /** `state`: the folder of the stack, whose record names its processes; where there is none, only this one is measured. */
  constructor(state: string | undefined) {
    this.add('Node', () => process.pid);
    for (const [name, { process }] of Object.entries(state ? componentsIn(state) : {}))
      if (process && shownAs[name]) this.add(shownAs[name], () => process.pid);
  }

  /** Also measures the processes of `pid`, as `name`. */
  add(name: string, pid: () => number): void {
    this.#pids.set(name, pid);
  }

  remove(name: string): void {
    this.#pids.delete(name);
  }

  read(): Reading {
    const ownMs = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
    return new Map([...this.#pids].map(([name, pid]) => [name, name === 'Node' ? ownMs() : cpuMsOf(pid())]));
  }

  /** What has been used since `before`, in µs for each of `count` things that were done: `Node µs/event`. */
  since(before: Reading, count: number, what = 'event'): Sample {
    const used = [...this.read()].map(([name, ms]) => [
      `${name} µs/${what}`,
      ((ms - (before.get(name) ?? ms)) * 1000) / count,
    ]);
    return Object.fromEntries(used);
  }
}

function componentsIn(state: string): Record<string, { process?: { pid: number } }> {
  const record = join(state, 'stack.json');
  return existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).components : {};
}
