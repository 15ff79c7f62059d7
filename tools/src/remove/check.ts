import { execFile } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readFlows } from '../events/flows/read-flows.ts';
import { newest, readSchemas } from '../events/schemas.ts';
import { assertService } from '../new/find.ts';
import { linkOf } from '../new/finish.ts';
import { isAsListed } from '../new/list-service.ts';

/** The folders that belong to a service alone. */
export const foldersOf = (name: string): string[] => [`services/${name}`, `schemas/${name}`];

/**
 * Rejects with a sentence when the service `name` can't be removed, as there is none or others handle its events; and,
 * unless it is forced, when work would be lost or others may depend on it.
 */
export async function assertRemovable(root: string, name: string, force = false): Promise<void> {
  if (!isLeftHalfway(root, name)) assertService(root, name);
  const own = newest(readSchemas(root)).filter(({ owner }) => owner === name);
  const events = own.map(({ schema }) => schema.name);
  const readers = readFlows(root).handlers.filter(
    ({ service, on }) => service !== name && events.includes(on),
  );
  if (readers.length > 0)
    throw new Error(
      `${name} can't be removed, since others handle its events: ${readers.map(({ id, on }) => `${id} (${on})`).join(', ')}.`,
    );
  if (force) return;
  if (!isAsListed(root, name))
    throw new Error(
      `The entry of ${name} in docker-compose.yml is not as ./dev new service wrote it, and something may depend on it. Remove it all the same with --force.`,
    );
  const changed = await uncommitted(root, foldersOf(name));
  if (changed !== '')
    throw new Error(
      `Some of ${name} is committed nowhere, and would be lost:\n${changed}\nRemove it all the same with --force.`,
    );
}

/** A removal that was ended can be repeated: the link goes last. */
const isLeftHalfway = (root: string, name: string) =>
  lstatSync(linkOf(root, name), { throwIfNoEntry: false }) !== undefined && !existsSync(linkOf(root, name));

/** What Git would not bring back of `paths`; all of it where there is no repository. */
async function uncommitted(root: string, paths: string[]): Promise<string> {
  const status = ['status', '--porcelain', '--ignored=no', '--', ...paths];
  const asked = promisify(execFile)('git', status, { cwd: root });
  return asked.then(
    ({ stdout }) => stdout.trimEnd(),
    () => paths.filter((path) => existsSync(join(root, path))).join('\n'),
  );
}
