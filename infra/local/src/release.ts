import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Workshop } from './component.ts';
import { download } from './download.ts';

/** Where a project publishes a release. */
export interface Release {
  /** What a person calls it. */
  name: string;
  /** The `.tar.gz`, which holds one folder of its own name. */
  archive: string;
  /** The SHA-256 sums of all archives of the release, a line each. */
  sums: string;
}

/** The name that Go's releases give this machine's processor. */
export const goProcessor = process.arch === 'x64' ? 'amd64' : process.arch;

/** Fetches a release, compares it with its checksum, and unpacks `files` of it into `folder`. */
export async function unpackRelease(
  workshop: Pick<Workshop, 'say' | 'signal' | 'run'>,
  { name, archive, sums }: Release,
  files: string[],
  folder: string,
): Promise<void> {
  const base = basename(archive);
  const file = join(folder, base);
  const sumsFile = join(folder, `${base}.sums`);
  try {
    await download(workshop, 'the checksum', sums, sumsFile, 'sha256');
    const sum = await download(workshop, name, archive, file, 'sha256');
    const lines = (await readFile(sumsFile, 'utf8')).split('\n');
    if (!lines.includes(`${sum}  ${base}`) && !lines.includes(`${sum} *${base}`))
      throw new Error('what was downloaded does not have the checksum of the release');
    const unpack = ['tar', '-xzf', file, '--no-same-owner', '--strip-components=1', '-C', folder];
    await workshop.run([...unpack, ...files.map((path) => `${basename(base, '.tar.gz')}/${path}`)]);
  } finally {
    await rm(file, { force: true });
    await rm(sumsFile, { force: true });
  }
}
