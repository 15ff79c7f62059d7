/** The server is older than what the statements of outbox and inbox need. */
export class PostgresTooOld extends Error {
  override readonly name = 'PostgresTooOld';
  readonly code = 'POSTGRES_TOO_OLD';
  constructor(version: string) {
    super(`PostgreSQL 18 or newer is needed, this is ${version}: upgrade the server, or use another`);
  }
}

/** The database can't store every text. */
export class DatabaseNotUtf8 extends Error {
  override readonly name = 'DatabaseNotUtf8';
  readonly code = 'DATABASE_NOT_UTF8';
  constructor(encoding: string) {
    super(
      `the database is encoded in ${encoding}, which lacks most characters: create it with encoding 'UTF8'`,
    );
  }
}

/**
 * The session would refuse every write: its server is a standby, or `default_transaction_read_only` is on. Has the
 * code and the severity with which Postgres would say so, as who waits for an outage to end goes by these.
 */
export class SessionReadOnly extends Error {
  override readonly name = 'SessionReadOnly';
  readonly code = '25006';
  readonly severity = 'FATAL';
  constructor(why: string) {
    super(`the database can only be read: ${why}`);
  }
}
