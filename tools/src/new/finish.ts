import { execFile } from 'node:child_process';
import { lstatSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from '../events/generate.ts';
import type { Files } from './files.ts';

/** What follows from new files: packages of a new service, generated code, the catalogue. Returns the paths that changed. */
export async function finish(root: string, files: Files): Promise<string[]> {
  const added = Object.keys(files).flatMap(
    (path) => /^services\/(\w+)\/package\.json$/.exec(path)?.[1] ?? [],
  );
  for (const service of added) link(root, service);
  if (added.length > 0) await lockPackages(root);
  return [...added.map(() => 'package-lock.json'), ...(await generate(root))];
}

/** Where the package of a service is among those that are installed: a link to its folder. */
export const linkOf = (root: string, service: string) => join(root, 'node_modules/@everyhop', service);

function link(root: string, service: string): void {
  const path = linkOf(root, service);
  if (!lstatSync(path, { throwIfNoEntry: false })) symlinkSync(`../../services/${service}`, path);
}

/** The reverse, when the folder of `service` is gone: packages, generated code, the catalogue. */
export async function finishRemoval(root: string, service: string): Promise<string[]> {
  await lockPackages(root);
  const generated = await generate(root);
  rmSync(linkOf(root, service), { recursive: true, force: true });
  return ['package-lock.json', ...generated];
}

/** Makes the lock file say which packages there are. Needs no network: a new service uses only what others use. */
async function lockPackages(root: string): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', ['install', '--package-lock-only', '--offline', ...quiet], { cwd: root });
  // What is installed is what the lock file says: ./dev would else install all of it again.
  const mark = 'cksum <package-lock.json >node_modules/.everyhop-lock';
  await promisify(execFile)('sh', ['-c', mark], { cwd: root });
}
