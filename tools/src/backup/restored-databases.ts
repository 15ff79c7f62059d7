import pg from 'pg';

/** A connection to each database that has an outbox, by its name. */
export type Databases = Map<string, pg.Client> & AsyncDisposable;

/** Connects to all databases of services; `adminUrl` is a superuser's. */
export async function openDatabases(adminUrl: string): Promise<Databases> {
  const databases = new Map<string, pg.Client>();
  const open = async (name: string) => {
    const url = new URL(adminUrl);
    url.pathname = name;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return client;
  };
  const admin = await open('postgres');
  const { rows } = await admin.query(
    'select datname from pg_database where datallowconn and not datistemplate',
  );
  await admin.end();
  for (const { datname } of rows) {
    const client = await open(datname);
    const found = await client.query(`select to_regclass('outbox_sequence') is not null as is_service`);
    if (found.rows[0].is_service) databases.set(datname, client);
    else await client.end();
  }
  return Object.assign(databases, {
    async [Symbol.asyncDispose]() {
      await Promise.all([...databases.values()].map((client) => client.end()));
    },
  });
}

/**
 * Makes the databases forget offsets that mean other records now: an unreadable record is named by its place, and that
 * name must not stand for another; a replay that was under way looks again how far it has to go.
 */
export async function forgetOffsets(databases: Databases, at: string): Promise<void> {
  for (const client of databases.values()) {
    for (const table of ['inbox', 'inbox_parked', 'inbox_history', 'inbox_action'])
      await client.query(`update ${table} set event_id = event_id || $1 where handler = ''`, [
        ` before ${at}`,
      ]);
    await client.query('update inbox_replay set bounds = null where finished_at is null');
  }
}
