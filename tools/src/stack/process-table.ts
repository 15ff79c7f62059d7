import { readdirSync, readFileSync } from 'node:fs';

/** A process, told from a later one that got the same pid. */
export interface ProcessId {
  pid: number;
  /** When it was started, in the kernel's clock ticks since boot. */
  startedAt: string;
}

interface Entry extends ProcessId {
  parent: number;
  isZombie: boolean;
}

/** The identity of the process that has this pid now; undefined when there is none. */
export function identify(pid: number): ProcessId | undefined {
  const entry = read(pid);
  return entry && !entry.isZombie ? { pid, startedAt: entry.startedAt } : undefined;
}

/** Whether this very process still runs. */
export const isRunning = ({ pid, startedAt }: ProcessId): boolean => identify(pid)?.startedAt === startedAt;

/** The process and all that it and its children started, as far as it still runs. */
export function treeOf(root: ProcessId): ProcessId[] {
  if (!isRunning(root)) return [];
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)) ?? []);
  const tree: ProcessId[] = [root];
  for (const { pid } of tree) {
    for (const { parent, isZombie, ...id } of all) if (parent === pid && !isZombie) tree.push(id);
  }
  return tree;
}

/** Resident memory of processes in MiB; pages that several share are counted once. */
export function residentMb(processes: ProcessId[]): number {
  const kilobytes = processes.map(({ pid }) => {
    const rollup = file(`/proc/${pid}/smaps_rollup`) ?? '';
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  });
  return Math.round(kilobytes.reduce((sum, size) => sum + size, 0) / 1024);
}

/** The command line of a process, e.g. for a message; empty when it can't be read. */
export const commandLine = (pid: number): string =>
  (file(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();

function read(pid: number): Entry | undefined {
  const stat = file(`/proc/${pid}/stat`);
  // The second field is the name in brackets, which may hold anything.
  const [state, parent, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return (
    (state && { pid, parent: Number(parent), startedAt: rest[17]!, isZombie: state === 'Z' }) || undefined
  );
}

function file(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
