import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '@everyhop/local';

const left = new Set(['node_modules', 'dist', '.git', '.nx', '.everyhop']);

/** A copy of the repository in a new folder, with the packages of the original: `./dev` works there. Returns its path. */
export function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'everyhop-copy-'));
  cpSync(root, copy, {
    recursive: true,
    // By its time ./dev sees whether the lock file is newer than the packages.
    preserveTimestamps: true,
    filter: (path) => !left.has(basename(path)) && !path.endsWith('.tsbuildinfo'),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
