import { engineVariables } from './engines.ts';

/**
 * Sees to it that there are engines for tests: those that the environment names; else, where Docker answers, Kafka,
 * registry and Postgres as containers; else those of a running `./dev up`. `engines`, and every process that is started
 * from then on, find them. Resolves to what stops the containers; rejects when they can't be started.
 */
export async function startEngines(): Promise<() => Promise<void>> {
  if (engineVariables.some((name) => process.env[name])) return async () => {};
  const { findDocker } = await import('./find-docker.ts');
  const docker = await findDocker();
  if (!docker) return async () => {};
  const { startContainers } = await import('./start-containers.ts');
  const { environment, stop } = await startContainers(docker);
  Object.assign(process.env, environment);
  return async () => {
    for (const name of engineVariables) delete process.env[name];
    await stop();
  };
}
