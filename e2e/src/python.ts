import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cached, readSettings } from '@everyhop/local';
import { engines } from '@everyhop/testing';
import { addresses } from './addresses.ts';

const folder = resolve(import.meta.dirname, '../python');
const run = promisify(execFile);

/** Runs a script of e2e/python as the service `name`, and returns the JSON that it prints; rejects when it fails. */
export async function python(name: string, script: string, ...args: string[]): Promise<any> {
  const env = {
    ...process.env,
    KAFKA_BROKERS: engines.brokers.join(),
    SCHEMA_REGISTRY_URL: engines.registryUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: addresses.otlp,
    OTEL_SERVICE_NAME: name,
  };
  const { stdout } = await run(await interpreter(), [join(folder, script), ...args], { env });
  return JSON.parse(stdout);
}

/** A Python that has what requirements.txt asks for. */
export const interpreter = async (): Promise<string> =>
  join(await environment('requirements.txt'), 'bin/python');

/** Whether this machine has what `environment` needs. */
export const hasPython = (): Promise<boolean> =>
  run('python3', ['-c', 'import ensurepip, venv']).then(
    () => true,
    () => false,
  );

/**
 * A virtual environment with what a file of e2e/python asks for: made once for each content of that, which may take a
 * minute, and kept in the cache.
 */
export async function environment(file: string): Promise<string> {
  const requirements = join(folder, file);
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  return cached(readSettings(), `python-${version}`, async (draft) => {
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-compile',
      '--disable-pip-version-check',
      '-r',
      requirements,
    ];
    await run('python3', ['-m', 'venv', draft])
      .then(() => run(join(draft, 'bin/python'), pip))
      .catch((cause) => {
        throw new Error(
          `Python's packages could not be installed; this needs python3 (3.10 or newer) with venv, and PyPI. On Debian: apt-get install python3-venv.`,
          { cause },
        );
      });
  });
}
