import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Workshop } from './component.ts';

/** Where the program `name` is on the PATH; rejects when it is not. */
export async function onPath(name: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  throw new Error(`${name} is not on the PATH`);
}

/** Whether this process may do everything on this machine. */
export const isRoot = (): boolean => process.getuid?.() === 0;

/** Installs the first of the `alternatives` that this Debian has; rejects when it has none, or we are not root on Debian. */
export async function inDebian(workshop: Workshop, ...alternatives: string[][]): Promise<void> {
  if (!isRoot()) throw new Error('only root installs packages');
  const apt = await onPath('apt-get');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await workshop.run([apt, 'update', '-q'], { env });
  let failure: unknown;
  for (const packages of alternatives) {
    try {
      return await workshop.run([apt, 'install', '-q', '-y', '--no-install-recommends', ...packages], {
        env,
      });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
