import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pretty } from '../pretty.ts';

/** What is to be written: contents by path, relative to the root. */
export type Files = Record<string, string>;

/** The same, as `prettier` writes it. */
export async function prettyFiles(files: Files): Promise<Files> {
  const formatted = Object.entries(files).map(async ([path, content]) => [path, await pretty(path, content)]);
  return Object.fromEntries(await Promise.all(formatted));
}

/** Writes them below `root`. */
export function write(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
