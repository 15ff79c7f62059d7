import { readdir, readFile } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/** A folder of `.sql` files, and what their names in the table of applied migrations begin with. */
export interface MigrationFolder {
  origin: string;
  folder: URL;
}

/**
 * Applies the `.sql` files that `db` has not seen yet, in one transaction and in the order of `<origin>/<file>`;
 * of several instances that start at once one does it and the others wait. Throws what the database said.
 */
export async function migrate(db: Kysely<any>, folders: MigrationFolder[]): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => Object.assign({}, ...(await Promise.all(folders.map(readMigrations)))),
    },
    // Libraries and service number their files on their own.
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  const failed = results?.find(({ status }) => status === 'Error');
  if (failed) throw new Error(`migration ${failed.migrationName} failed: ${error}`, { cause: error });
  if (error) throw error;
}

async function readMigrations({ origin, folder }: MigrationFolder): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'));
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  return Object.fromEntries(
    files.map((file, index) => [
      `${origin}/${file.slice(0, -'.sql'.length)}`,
      { up: async (tx) => void (await sql.raw(texts[index]!).execute(tx)) },
    ]),
  );
}
