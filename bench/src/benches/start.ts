import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { root } from '@everyhop/local';
import type { Bench } from '../bench.ts';
import type { Sample } from '../sample.ts';

const run = promisify(execFile);
const dev = (...args: string[]) => run(join(root, 'dev'), args, { maxBuffer: 1e8 });

export const bench: Bench = {
  question:
    'How long until the first order is finished after ./dev up, and how much memory does each process take?',
  rounds: 3,
  warmUps: 0,
  compared: ['seconds to the first finished order'],
  async contenders({ defer }) {
    defer(() => dev('down', '--wipe'));
    return [
      {
        name: 'cold',
        async run() {
          await dev('down', '--wipe');
          return startUp();
        },
      },
      {
        name: 'warm',
        async run() {
          await dev('down');
          return startUp();
        },
      },
    ];
  },
};

async function startUp(): Promise<Sample> {
  const start = performance.now();
  await dev('up', '-d');
  const seconds = (performance.now() - start) / 1_000;
  const processes: { name: string; rssMb: number | null }[] = JSON.parse(
    (await dev('status', '--json')).stdout,
  );
  const memory = processes.map(({ name, rssMb }) => [`${name} MiB`, rssMb ?? 0] as const);
  return {
    'seconds to the first finished order': seconds,
    'memory MiB': memory.reduce((sum, [, mb]) => sum + mb, 0),
    ...Object.fromEntries(memory),
  };
}
