import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { commandLine } from './process-table.ts';

/** A port that is taken. */
export interface TakenPort {
  /** Which of our components wants it. */
  name: string;
  port: number;
  /** Who has it, e.g. `process 42 (nginx -g daemon off;)`. */
  owner: string;
}

/** Those of the components' ports that something else listens on. */
export async function takenPorts(components: { name: string; ports: number[] }[]): Promise<TakenPort[]> {
  const wanted = components.flatMap(({ name, ports }) => ports.map((port) => ({ name, port })));
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  const taken = wanted.filter((_, index) => !free[index]);
  return Promise.all(taken.map(async (entry) => ({ ...entry, owner: await ownerOf(entry.port) })));
}

/** Whether a server could listen on the port. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function ownerOf(port: number): Promise<string> {
  const sockets = await listeningSockets(port);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (sockets.has(target)) return `process ${pid} (${commandLine(Number(pid)).slice(0, 80)})`;
    }
  }
  return "another user's process";
}

async function listeningSockets(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n')).map((row) => row.trim().split(/\s+/));
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listening = rows.filter(([, local, , state]) => local?.endsWith(suffix) && state === '0A');
  return new Set(listening.map((row) => `socket:[${row[9]}]`));
}
