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

/** A statement was asked for after its transaction had ended: something in it was not awaited. */
export class TransactionOver extends Error {
  override readonly name = 'TransactionOver';
  readonly code = 'TRANSACTION_OVER';
  constructor() {
    super('the transaction is over: await everything in it before it ends');
  }
}

/** A statement was asked for that would begin or end the transaction in which it is asked for; it was not sent. */
export class NotYoursToEnd extends Error {
  override readonly name = 'NotYoursToEnd';
  readonly code = 'NOT_YOURS_TO_END';
  constructor(statement: string) {
    super(
      `${statement} in a transaction that begins and ends by itself: return to commit it, throw to undo it, and use inSavepoint for a part of it`,
    );
  }
}
