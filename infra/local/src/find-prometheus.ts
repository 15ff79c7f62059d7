import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import type { Workshop } from './component.ts';
import { versionOf } from './compose.ts';
import { firstOf } from './first-of.ts';
import { onPath } from './machine.ts';
import { goProcessor, unpackRelease } from './release.ts';

const version = versionOf('prometheus');
const releases = `https://github.com/prometheus/prometheus/releases/download/v${version}`;
const release = {
  name: `Prometheus ${version}`,
  archive: `${releases}/prometheus-${version}.linux-${goProcessor}.tar.gz`,
  sums: `${releases}/sha256sums.txt`,
};
const programs = ['prometheus', 'promtool'] as const;

/**
 * Where `prometheus`, or `promtool`, which checks and tests rules, is: on the PATH, else from the release, else from
 * Debian's package, unpacked without root. Rejects with a sentence when it can't be had.
 */
export async function findPrometheus(
  workshop: Pick<Workshop, 'cache' | 'signal' | 'say' | 'run'>,
  program: (typeof programs)[number],
): Promise<string> {
  const installed = await onPath(program).catch(() => undefined);
  if (installed) return installed;
  const folder = await cached(workshop, `prometheus-${version}`, (draft) =>
    firstOf(
      () => unpackRelease(workshop, release, [...programs], draft),
      () => fromDebian(workshop, draft),
    ).catch(({ message }: Error) => {
      throw new Error(
        `Prometheus could not be had (${message}). ` +
          `Put prometheus and promtool, ${version} or newer, on the PATH and start again.`,
      );
    }),
  );
  return join(folder, program);
}

/** apt verifies what it downloads. */
async function fromDebian(workshop: Pick<Workshop, 'say' | 'run'>, folder: string): Promise<void> {
  const apt = await onPath('apt-get');
  const dpkg = await onPath('dpkg');
  workshop.say('fetching Prometheus with apt-get');
  const download = () => workshop.run([apt, 'download', '-q', 'prometheus'], { cwd: folder });
  // A machine may have no list of packages yet; only root can fetch that.
  await download().catch(() => workshop.run([apt, 'update', '-q']).then(download));
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'))!;
  const unpacked = join(folder, 'package');
  await workshop.run([dpkg, '-x', join(folder, archive), unpacked]);
  for (const program of programs) await cp(join(unpacked, 'usr/bin', program), join(folder, program));
  await rm(unpacked, { recursive: true });
  await rm(join(folder, archive));
}
