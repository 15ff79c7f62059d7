import { Client } from '@everyhop/postgres';
import pg from 'pg';

/**
 * Creates the role `everyhop` and a database for each of `names`, owned by it, where they are missing.
 * `adminUrl` is a superuser's. Throws `PostgresTooOld` when the server is older than PostgreSQL 18.
 */
export async function createDatabases(adminUrl: string, names: string[]): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Two set-ups at once would both find nothing and both create.
    await client.query(`select pg_advisory_lock(hashtext('everyhop set-up'))`);
    const role = await client.query(`select from pg_roles where rolname = 'everyhop'`);
    if (role.rowCount === 0) await client.query(`create role everyhop login password 'everyhop'`);
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    const existing = new Set(rows.map(({ datname }) => datname));
    for (const name of names) {
      const identifier = pg.escapeIdentifier(name);
      await client.query(
        existing.has(name)
          ? `alter database ${identifier} owner to everyhop`
          : `create database ${identifier} owner everyhop`,
      );
    }
  } finally {
    await client.end();
  }
}
