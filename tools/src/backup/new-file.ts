import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from '@everyhop/local';
import { fileFrom } from './archive.ts';

/**
 * Where a backup goes that was made `at`: the file `name`, from where `./dev` was called; by default one named after the
 * time, in that folder. Throws a sentence when it would go into the repository without being named, or replace a file
 * without `force`.
 */
export function newFile(at: string, name?: string, force = false): string {
  const file = fileFrom(name ?? `everyhop-${at.replaceAll(/[:.]/g, '-')}.tar.gz`);
  if (!name && !relative(root, file).startsWith('..'))
    throw new Error(
      'A backup has personal data, and does not belong into the repository: say where it should go, such as ./dev backup ~/everyhop.tar.gz.',
    );
  if (existsSync(file) && !force)
    throw new Error(`There is ${file} already: name another file, or replace it with --force.`);
  return file;
}
