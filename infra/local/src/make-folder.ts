import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, where they are missing. Throws a sentence that names the `setting` it comes from
 * when that can't be.
 */
export function makeFolder(folder: string, setting: string): void {
  try {
    make(folder);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`${setting} can't be used (${reason}): name a folder that can be written to.`, {
      cause: error,
    });
  }
}

// Node's own way of making all at once never ends below /proc, where what is made is not there afterwards.
function make(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) make(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
