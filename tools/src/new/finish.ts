import { execFile } from 'node:child_process';
import { lstatSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from '../events/generate.ts';
import type { Files } from './files.ts';

/** What follows from new files: packages of a new service, generated code, the catalogue. Returns the paths that changed. */
export async function finish(root: string, files: Files): Promise<string[]> {
  const added = Object.keys(files).flatMap(
    (path) => /^services\/(\w+)\/package\.json$/.exec(path)?.[1] ?? [],
  );
  for (const service of added) await install(root, service);
  return [...added.map(() => 'package-lock.json'), ...(await generate(root))];
}

/**
 * Makes the package of a new service known: in the lock file, and among those that are installed. Needs no network, as
 * it uses only what others use.
 */
async function install(root: string, service: string): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', ['install', '--package-lock-only', '--offline', ...quiet], { cwd: root });
  const link = join(root, 'node_modules/@everyhop', service);
  if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(`../../services/${service}`, link);
  // What is installed is what the lock file says: ./dev would else install all of it again.
  const mark = 'cksum <package-lock.json >node_modules/.everyhop-lock';
  await promisify(execFile)('sh', ['-c', mark], { cwd: root });
}
