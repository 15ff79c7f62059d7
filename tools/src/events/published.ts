import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EventSchema } from './schemas.ts';

/** The checksums of what is published, as `sha256sum --check` takes them. */
export const PUBLISHED = 'schemas/published.sha256';

/** A sentence for each published schema below `root` that was changed or removed; `schemas` are those there are. */
export function changedSincePublished(root: string, schemas: readonly EventSchema[]): string[] {
  return [...readPublished(root)].flatMap(([path, checksum]) => {
    if (!existsSync(join(root, path)))
      return [
        `${path}: is published, but not there any more: restore it, as there may be events that were written with it. When there are none left, delete its line from ${PUBLISHED}.`,
      ];
    if (checksumOf(root, path) === checksum) return [];
    return [
      `${path}: is published and must not change: undo that, and make the change in ${nextVersion(path, schemas)}. If nobody has seen it yet, delete its line from ${PUBLISHED}.`,
    ];
  });
}

/** The content of {@link PUBLISHED} with all of `schemas`: what is in it already stays as it is. */
export function renderPublished(root: string, schemas: readonly EventSchema[]): string {
  const published = readPublished(root);
  const lines = schemas.map(({ path }) => `${published.get(path) ?? checksumOf(root, path)}  ${path}`);
  return `${lines.join('\n')}\n`;
}

/** Checksums by path. */
function readPublished(root: string): Map<string, string> {
  const file = join(root, PUBLISHED);
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split('  ').reverse() as [string, string]));
}

const checksumOf = (root: string, path: string) =>
  createHash('sha256')
    .update(readFileSync(join(root, path)))
    .digest('hex');

function nextVersion(path: string, schemas: readonly EventSchema[]): string {
  const folder = dirname(path);
  const versions = schemas.filter((schema) => dirname(schema.path) === folder).map(({ version }) => version);
  return `${folder}/v${Math.max(...versions) + 1}.avsc`;
}
