import { poolOptions } from '@everyhop/postgres';
import type { Logger } from '@everyhop/telemetry';
import pg from 'pg';

/** At most `max` connections to the service's database; Postgres shows them under the service's `name`. */
export function openPool(connectionString: string, name: string, logger: Logger, max = 20): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    application_name: name,
    max,
    connectionTimeoutMillis: 5_000,
    ...poolOptions,
  });
  // Without listeners the loss of a connection, at rest or in use, would end the process.
  const lost = (error: Error) => logger.warn({ err: error }, 'a connection to Postgres was lost');
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}
