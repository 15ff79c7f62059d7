import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { everyhop, root } from '@everyhop/local';
import { freePortBase } from '../stack/index.ts';
import { runJest } from './jest.ts';
import { oneCheck, total, type Outcome } from './outcome.ts';
import { runCommand, tail, type RunOptions } from './run-command.ts';

/** How `composeStage` runs. */
export interface ComposeOptions extends Pick<RunOptions, 'signal'> {
  /** Folder for the output of all that it runs. */
  logs: string;
}

const withMailpit = ['docker', 'compose', '-f', 'docker-compose.yml'];
const withMailSink = [...withMailpit, '-f', 'infra/compose/local-mail.yml'];

// One for each checkout, so that none takes the place of another, nor of a system that people use.
const project = `everyhop-test-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;

const order = [process.execPath, '--conditions=everyhop-source', 'tools/src/main.ts', 'order', '--json'];
const endToEnd = ['e2e/src/journey.e2e.ts', 'e2e/src/trace.e2e.ts'];

/**
 * Checks the compose files, brings up what they describe, and has orders pass through it, seen from outside: journey,
 * links, and the trace edge by edge. Mailpit takes part where its image can be had, else our own mail sink. What
 * can't be done on this machine counts as skipped. Leaves nothing that runs.
 */
export async function composeStage({ logs, signal }: ComposeOptions): Promise<Outcome> {
  const portBase = await freePortBase(7000, everyhop);
  const inside = {
    COMPOSE_PROJECT_NAME: project,
    EVERYHOP_IMAGE: project,
    EVERYHOP_PORTS: `${portBase / 100}`,
  };
  const outside = { EVERYHOP_PORT_BASE: `${portBase}` };
  const logOf = (name: string) => join(logs, `compose-${name}.log`);
  const can = async (name: string, command: string[], env: Record<string, string> = inside) =>
    (await runCommand(command, { log: logOf(name), env, signal })) === 0;
  const check = async (name: string, command: string[], env?: Record<string, string>) => {
    const isGood = await can(name, command, env);
    if (!isGood) console.error(await tail(logOf(name), 20));
    return oneCheck(`compose: ${name}`, isGood);
  };

  if (!(await can('version', ['docker', 'compose', 'version'])))
    return skip('there is no docker compose here');
  const outcomes = [
    await check('files', [...withMailpit, 'config', '--quiet']),
    await check('local-mail', [...withMailSink, 'config', '--quiet']),
  ];
  if (!(await can('engine', ['docker', 'info'])))
    return total([...outcomes, skip('no Docker engine answers')]);

  const hasMailpit = await can('mailpit', [...withMailpit, 'pull', '--quiet', 'mail']);
  const compose = hasMailpit ? withMailpit : withMailSink;
  const down = [...compose, 'down', '--volumes', '--remove-orphans'];
  // What a run that was killed has left.
  await can('sweep', down);
  const steps = [
    () => check('up', [...compose, 'up', '--detach', '--wait', '--wait-timeout', '300']),
    () => check('order', order, outside),
    () => runJest('compose', { files: endToEnd }, { logs, env: outside, signal }),
  ];
  try {
    for (const step of steps) {
      const outcome = await step();
      outcomes.push(outcome);
      if (outcome.failed === 0) continue;
      await can('logs', [...compose, 'logs', '--tail', '10']);
      console.error(await tail(logOf('logs')));
      break;
    }
  } finally {
    await runCommand(down, { log: logOf('down'), env: inside });
  }
  return total(outcomes);
}

function skip(reason: string): Outcome {
  console.log(`  skipped: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1, failures: [] };
}
