import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { engines, testDatabase, waitUntil } from '@everyhop/testing';

const plain = `import { runService } from '@everyhop/service'; await runService('probe', { features: [] });`;

/** How a service is run: its program, and what stands before it on the command line. */
export interface ProbeProcess {
  program?: string;
  nodeOptions?: string[];
  env?: NodeJS.ProcessEnv;
}

/** Runs a service in a process of its own, as in production, on what `tsc -b` has built. */
export function runProbe({ program = plain, nodeOptions = [], env }: ProbeProcess) {
  const child = spawn(process.execPath, [...nodeOptions, '--input-type=module', '--eval', program], {
    cwd: new URL('..', import.meta.url),
    env,
  });
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  for (const name of ['stdout', 'stderr'] as const)
    createInterface(child[name]).on('line', (line) => lines[name].push(line));
  return { child, ...lines, exit: once(child, 'close').then(([code]) => code) };
}

/** Runs a service that has all it needs, unless `env` says otherwise, until it listens. */
export async function startProbeProcess({ env, ...options }: ProbeProcess = {}) {
  const { url, drop } = await testDatabase();
  const { exit, child, stdout } = runProbe({
    ...options,
    env: {
      PORT: '0',
      DATABASE_URL: url,
      KAFKA_BROKERS: engines.brokers.join(),
      SCHEMA_REGISTRY_URL: engines.registryUrl,
      ...env,
    },
  });
  let dropped: Promise<void> | undefined;
  const dropDatabase = () => (dropped ??= drop());
  /** Its log. */
  const said = () => stdout.map((line) => JSON.parse(line));
  const listens = () => said().find(({ msg }) => msg.includes('listens on'));
  const { url: address } = await waitUntil('the service listens', listens, { timeoutMs: 40_000 });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exit.finally(dropDatabase);
  };
  return { address, said, dropDatabase, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
