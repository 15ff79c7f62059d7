import { readdir, readFile } from 'node:fs/promises';
import { silentLogger, type Logger } from '@everyhop/telemetry';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration';

const attempts = 10;

/** A folder of `.sql` files, and what their names in the table of applied migrations begin with. */
export interface MigrationFolder {
  origin: string;
  folder: URL;
}

/**
 * Applies the `.sql` files that `db` has not seen yet, in one transaction and in the order of `<origin>/<file>`;
 * of several instances that start at once one does it and the others wait. Files that a later release has applied stay
 * applied, so that this one can start again. Throws what the database said.
 */
export async function migrate(
  db: Kysely<any>,
  folders: MigrationFolder[],
  logger: Logger = silentLogger,
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      // Asked under the lock, so that no other instance applies anything meanwhile.
      getMigrations: async () => {
        const known = Object.assign({}, ...(await Promise.all(folders.map(readMigrations))));
        const later = (await readApplied(db, folders)).filter((name) => !(name in known));
        if (later.length > 0) logger.warn({ migrations: later }, 'a later release has migrated the database');
        return { ...known, ...Object.fromEntries(later.map((name) => [name, { up: async () => {} }])) };
      },
    },
    // Libraries and service number their files on their own.
    allowUnorderedMigrations: true,
  });
  let outcome = await migrator.migrateToLatest();
  // Kysely lists all tables first, and fails when another instance, with Graphile Worker, changes one meanwhile.
  for (let again = 1; again < attempts && isListing(outcome); again++)
    outcome = await migrator.migrateToLatest();
  const { error, results } = outcome;
  const failed = results?.find(({ status }) => status === 'Error');
  if (failed) throw new Error(`migration ${failed.migrationName} failed: ${error}`, { cause: error });
  if (error) throw error;
}

const isListing = ({ error, results }: MigrationResultSet): boolean =>
  results === undefined && ['42703', '42P01'].includes((error as { code?: string })?.code ?? '');

/** What was applied of the origins of `folders`; that of any other means that this is the wrong database. */
async function readApplied(db: Kysely<any>, folders: MigrationFolder[]): Promise<string[]> {
  const rows = await db.selectFrom('kysely_migration').select('name').execute();
  const origins = folders.map(({ origin }) => origin);
  return rows.map(({ name }) => name).filter((name) => origins.includes(name.split('/')[0]));
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
