import { join } from 'node:path';
import { oneCheck, total, type Outcome } from './outcome.ts';
import { runCommand, tail, type RunOptions } from './run-command.ts';
import { runJest } from './jest.ts';

/** How `composeStage` runs. */
export interface ComposeOptions extends Pick<RunOptions, 'signal'> {
  /** Folder for the output of all that it runs. */
  logs: string;
}

const withMailpit = ['-f', 'docker-compose.yml'];
const withMailSink = [...withMailpit, '-f', 'infra/compose/local-mail.yml'];

// Beside a system that runs already, not in its place.
const compose = { COMPOSE_PROJECT_NAME: 'everyhop-test', COMPOSE_ANSI: 'never', EVERYHOP_PORTS: '47' };
const outside = { EVERYHOP_PORT_BASE: '4700' };

/**
 * Checks the compose files, brings up what they describe, and has an order pass through it, seen from outside: its
 * journey, and its trace edge by edge. Mailpit takes part where its image can be had, else our own mail sink.
 * What can't be done without Docker counts as skipped. Leaves nothing that runs.
 */
export async function composeStage({ logs, signal }: ComposeOptions): Promise<Outcome> {
  const docker = async (step: string, ...args: string[]) => {
    const log = join(logs, `compose-${step}.log`);
    const code = await runCommand(['docker', ...args], { log, env: compose, signal });
    return { isGood: code === 0, log };
  };
  const can = async (...args: string[]) => (await docker('probe', ...args)).isGood;

  if (!(await can('compose', 'version'))) return skip('there is no docker compose on this machine');
  const files = await Promise.all([
    docker('config-mailpit', 'compose', ...withMailpit, 'config', '-q'),
    docker('config-mail-sink', 'compose', ...withMailSink, 'config', '-q'),
  ]);
  for (const { isGood, log } of files) if (!isGood) console.error(await tail(log));
  const valid = oneCheck(
    'compose: the files are valid',
    files.every(({ isGood }) => isGood),
  );
  if (!(await can('info'))) return total([valid, skip('no Docker engine answers')]);

  const hasMailpit = await can('compose', ...withMailpit, 'pull', '--quiet', 'mail');
  const stack = hasMailpit ? withMailpit : withMailSink;
  try {
    const up = ['up', '--build', '--detach', '--wait', '--wait-timeout', '300', '--quiet-pull'];
    const start = await docker('up', 'compose', ...stack, ...up);
    if (!start.isGood) console.error(await tail(start.log, 20));
    const order = start.isGood ? await passAnOrder(logs, signal) : total([]);
    const outcome = total([valid, oneCheck('compose: the system comes up', start.isGood), order]);
    if (outcome.failed > 0) {
      for (const args of [
        ['ps', '--all'],
        ['logs', '--tail', '10'],
      ])
        console.error(await tail((await docker(args[0]!, 'compose', ...stack, ...args)).log));
    }
    return outcome;
  } finally {
    const down = ['docker', 'compose', ...stack, 'down', '--volumes', '--remove-orphans'];
    await runCommand(down, { log: join(logs, 'compose-down.log'), env: compose });
  }
}

async function passAnOrder(logs: string, signal?: AbortSignal): Promise<Outcome> {
  const log = join(logs, 'compose-order.log');
  const command = [process.execPath, '--conditions=everyhop-source', 'tools/src/main.ts', 'order', '--json'];
  const isGood = (await runCommand(command, { log, env: outside, signal })) === 0;
  const ordered = oneCheck('compose: ./dev order', isGood);
  if (!isGood) {
    console.error(await tail(log));
    return ordered;
  }
  const files = ['e2e/src/journey.e2e.ts', 'e2e/src/trace.e2e.ts'];
  const seen = await runJest('compose', { files }, { logs, env: outside, signal });
  return total([ordered, seen]);
}

function skip(reason: string): Outcome {
  console.log(`  skipped: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1, failures: [] };
}
