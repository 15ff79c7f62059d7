import { readdir, readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { engines } from './engines.ts';

/** A database of its own for one test file. */
export interface TestDatabase<DB = any> {
  url: string;
  pool: pg.Pool;
  db: Kysely<DB>;
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
}

/**
 * Creates an empty database on the run's real Postgres and applies the `.sql` files of each folder in
 * `migrations`, folder by folder, in the order of their names. `pool`: options of its connections, such as
 * `poolOptions` of `@everyhop/postgres`.
 */
export async function testDatabase<DB = any>({
  migrations = [],
  pool: poolOptions,
}: { migrations?: URL[]; pool?: pg.PoolConfig } = {}): Promise<TestDatabase<DB>> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(`create database ${name}`);
  const address = new URL(engines.adminDatabaseUrl);
  address.pathname = name;
  const pool = new pg.Pool({
    pipeline: true,
    ...poolOptions,
    connectionString: address.href,
  } as pg.PoolConfig);
  // A server that a test stops on purpose must not end the test run.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  for (const folder of migrations) await migrate(pool, folder);
  return {
    url: address.href,
    pool,
    db: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }),
    async drop() {
      await pool.end();
      await asAdmin(`drop database ${name} with (force)`);
    },
  };
}

async function migrate(pool: pg.Pool, folder: URL) {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  for (const file of files) await pool.query(await readFile(new URL(file, folder), 'utf8'));
}

async function asAdmin(statement: string) {
  const admin = new pg.Client({ connectionString: engines.adminDatabaseUrl });
  await admin.connect().catch((cause) => {
    throw new Error(
      'no Postgres for the tests: set ADMIN_DATABASE_URL, start Docker, or run ./dev up --engines-only',
      { cause },
    );
  });
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
