import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, root } from '@everyhop/local';
import { CommanderError } from 'commander';
import { devCommand } from './commands.ts';
import { readRecord } from './stack/record.ts';
import { UsageError } from './usage-error.ts';

// A system that runs knows its ports better than the default does.
const running = readRecord(readSettings().state);
if (running) process.env.EVERYHOP_PORT_BASE ??= String(running.portBase);

// Whoever reads the output, such as head, may have had enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const overview = readFileSync(new URL('help.txt', import.meta.url), 'utf8');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const dev = devCommand().version(version);
dev.helpInformation = () => overview;
// Before anything else, so that it is so for each command: a usage error is thrown, and exits with 2.
for (const command of [dev, ...dev.commands, ...dev.commands.flatMap(({ commands }) => commands)])
  command.exitOverride();
await dev.parseAsync(process.argv.slice(2), { from: 'user' }).catch((error) => {
  process.exitCode = explain(error);
});

/** What can be put right is a sentence; for the rest the place in the code helps. */
function explain(error: Error): number {
  // Commander has said what there is to say; help for a group of commands is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
  console.error(process.env.DEBUG ? error : error.message);
  return error instanceof UsageError ? 2 : 1;
}
