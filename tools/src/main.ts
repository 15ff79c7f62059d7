import { readFile } from 'node:fs/promises';
import { readSettings } from '@everyhop/local';
import { readRecord } from './stack/record.ts';

type Command = (args: string[]) => Promise<number>;

const help: Command = async () => {
  process.stdout.write(await readFile(new URL('help.txt', import.meta.url)));
  return 0;
};

// Each is loaded only when it is asked for.
const commands: Record<string, () => Promise<Command>> = {
  help: async () => help,
  up: async () => (await import('./up.ts')).up,
  down: async () => (await import('./down.ts')).down,
  status: async () => (await import('./status.ts')).status,
  logs: async () => (await import('./logs.ts')).logs,
  stop: async () => (await import('./hold.ts')).stop,
  start: async () => (await import('./hold.ts')).start,
  restart: async () => (await import('./hold.ts')).restart,
  setup: async () => (await import('./setup.ts')).setup,
  new: async () => (await import('./new/command.ts')).create,
  build: async () => (await import('./build.ts')).build,
  events: async () => (await import('./events/command.ts')).events,
  alerts: async () => (await import('./observability/alerts.ts')).alerts,
  observability: async () => (await import('./observability/command.ts')).observability,
  order: async () => (await import('./order/command.ts')).order,
  trail: async () => (await import('./trail/command.ts')).trail,
  parked: async () => (await import('./parked/parked.ts')).parked,
  redrive: async () => (await import('./parked/act.ts')).redrive,
  discard: async () => (await import('./parked/act.ts')).discard,
  replay: async () => (await import('./parked/replay.ts')).replay,
  backup: async () => (await import('./backup/backup.ts')).backup,
  restore: async () => (await import('./backup/restore.ts')).restore,
  chaos: async () => (await import('./chaos/command.ts')).chaos,
  bench: async () => (await import('./bench/command.ts')).bench,
  test: async () => (await import('./test/command.ts')).test,
};

const [name = 'help', ...args] = process.argv.slice(2);
const load = commands[name.replace(/^(--help|-h)$/, 'help')];
if (load) {
  process.exitCode = await run(load).catch(explain);
} else {
  console.error(`There is no command "${name}". ./dev alone lists those that there are.`);
  process.exitCode = 2;
}

async function run(load: () => Promise<Command>): Promise<number> {
  // A system that runs knows its ports better than the default does.
  const running = readRecord(readSettings().state);
  if (running) process.env.EVERYHOP_PORT_BASE ??= String(running.portBase);
  const command = await load();
  return command(args);
}

/** What can be put right is a sentence; for the rest the place in the code helps. */
function explain(error: NodeJS.ErrnoException): number {
  const isUsage = error.code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage || !process.env.DEBUG ? error.message : error);
  return isUsage ? 2 : 1;
}
