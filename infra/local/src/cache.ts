import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { alone } from './alone.ts';
import type { Workshop } from './component.ts';
import { makeFolder } from './make-folder.ts';

/**
 * The folder `name` of the cache, made by `make` when it is not there. It appears whole or not at all: `make` fills a
 * folder of its own, so that a kill leaves no half of it. Of several processes that want the same one makes it, and the
 * others say that they wait.
 */
export async function cached(
  { cache, say, signal }: Pick<Workshop, 'cache'> & Partial<Pick<Workshop, 'say' | 'signal'>>,
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  if (await exists(folder)) return folder;
  makeFolder(dirname(folder), 'EVERYHOP_CACHE');
  const onWait = () => say?.(`waiting for another ./dev that gets ${basename(folder)}`);
  return alone(folder, () => made(folder, make), { onWait, signal });
}

async function made(folder: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (await exists(folder)) return folder;
  const draft = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    await make(draft);
    await rename(draft, folder).catch(async (error) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Whether there is something at `path`. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
