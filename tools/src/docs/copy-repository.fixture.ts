import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '@everyhop/local';

/** Of what npm and ./dev have installed. */
const records = ['.package-lock.json', '.everyhop-lock'];

const left = new Set(['node_modules', 'dist', '.git', '.nx', '.everyhop']);

/**
 * A copy of the repository in a new folder, with the packages of the original, its own ones excepted: `./dev` works
 * there. Returns its path.
 */
export function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'everyhop-copy-'));
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !left.has(basename(path)) && !path.endsWith('.tsbuildinfo'),
  });
  const packages = join(root, 'node_modules');
  const own = join(copy, 'node_modules/@everyhop');
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(packages))
    if (!['@everyhop', ...records].includes(name))
      symlinkSync(join(packages, name), join(copy, 'node_modules', name));
  for (const name of readdirSync(join(packages, '@everyhop'))) {
    const link = readlinkSync(join(packages, '@everyhop', name));
    symlinkSync(link, join(own, name));
    const ofItsOwn = join(packages, '@everyhop', link, 'node_modules');
    if (existsSync(ofItsOwn)) symlinkSync(ofItsOwn, join(own, link, 'node_modules'));
  }
  // What is installed is what the lock file says, to ./dev, which writes to its record: a link would lead to ours.
  for (const name of records)
    if (existsSync(join(packages, name))) cpSync(join(packages, name), join(copy, 'node_modules', name));
  return copy;
}
