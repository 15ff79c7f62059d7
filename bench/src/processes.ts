import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface Entry {
  pid: number;
  parent: number;
  cpuMs: number;
}

/** CPU time in ms that the process `root`, all that it started, and those of them that have ended have used. */
export const cpuMsOf = (root: number): number => treeOf(root).reduce((sum, { cpuMs }) => sum + cpuMs, 0);

/** Memory of the process and all that it started in MiB; pages that several share are counted once. */
export function memoryMbOf(root: number): number {
  const kilobytes = treeOf(root).map(({ pid }) => {
    const rollup = file(`/proc/${pid}/smaps_rollup`);
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** Bytes that the process has read and written, over the network too. */
export function bytesOf(pid: number): number {
  const io = file(`/proc/${pid}/io`);
  return Number(/^rchar: (\d+)/m.exec(io)?.[1]) + Number(/^wchar: (\d+)/m.exec(io)?.[1]);
}

function treeOf(root: number): Entry[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (read(Number(name)) ?? []) : []));
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

function read(pid: number): Entry | undefined {
  const stat = file(`/proc/${pid}/stat`);
  if (!stat) return undefined;
  // The second field is the name in brackets, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Its own in user and kernel mode, and that of children that have ended.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuMs: (ticks * 1000) / ticksPerSecond };
}

function file(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
