import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pretty } from '../pretty.ts';

/** What is to be written: contents by path, relative to the root. */
export type Files = Record<string, string>;

/** The same, as `prettier` writes it. */
export async function prettyFiles(files: Files): Promise<Files> {
  const formatted = Object.entries(files).map(async ([path, content]) => [path, await pretty(path, content)]);
  return Object.fromEntries(await Promise.all(formatted));
}

/** Writes them below `root`, each whole or not at all. */
export function write(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  }
}
