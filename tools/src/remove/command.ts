import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone, readSettings, root } from '@everyhop/local';
import { PUBLISHED } from '../events/published.ts';
import { prettyFiles, write } from '../new/files.ts';
import { finishRemoval } from '../new/finish.ts';
import { unlistService } from '../new/list-service.ts';
import { isSupervised, readRecord } from '../stack/record.ts';
import { assertRemovable, foldersOf } from './check.ts';

/** `./dev remove service`: the reverse of `./dev new service`; prints what has changed, and what stays. */
export async function removeService(name: string, { force }: { force?: boolean }): Promise<number> {
  // At the same time as another one, or as ./dev new, each would write the lists as they were before the other.
  const changed = await alone(`new ${root}`, async () => {
    await assertRemovable(root, name, force);
    assertStopped(name);
    const lists = await prettyFiles(unlistService(root, name));
    const folders = foldersOf(name).filter((folder) => existsSync(join(root, folder)));
    write(root, lists);
    for (const folder of folders) rmSync(join(root, folder), { recursive: true });
    unpublish(name);
    return [
      ...Object.keys(lists),
      ...folders.map((folder) => `${folder}/`),
      ...(await finishRemoval(root, name)),
    ];
  });
  console.log([...new Set(changed)].sort().join('\n'));
  console.log(`
In systems where it has run stay its database ${name} and the topics that it has written, ${name}.dead-letter among them.
./dev down --wipe deletes all data; ./dev psql shop -- -c 'drop database ${name}' only the database.`);
  return 0;
}

/** Nobody could restart it, nor stop it by its name. */
function assertStopped(name: string): void {
  const record = readRecord(readSettings().state);
  if (record && isSupervised(record) && name in record.components)
    throw new Error(`${name} is a part of the system that runs: ./dev down first.`);
}

/** Its schemas are no longer among those that must stay as they are. */
function unpublish(name: string): void {
  const path = join(root, PUBLISHED);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.filter((line) => !line.includes(`  schemas/${name}/`)).join('\n'));
}
