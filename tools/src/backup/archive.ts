import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file that was named on the command line, from where `./dev` was called. */
export const fileFrom = (name: string): string => resolve(process.env.INIT_CWD ?? '.', name);

/** Packs what is in `folder`, or a part of it, into one compressed file. */
export const pack = (folder: string, file: string, part = '.') =>
  run('tar', ['-czf', file, '-C', folder, part]);

/** Unpacks what `pack` has packed; rejects with a sentence when it can't. */
export async function unpack(file: string, folder: string): Promise<void> {
  await run('tar', ['-xzf', file, '-C', folder]).catch((cause) => {
    throw new Error(`${file} can’t be unpacked: ${cause.stderr || cause.message}`, { cause });
  });
}
