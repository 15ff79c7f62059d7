import {
  CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  type Kysely,
  PostgresDialect,
  Transaction,
} from 'kysely';
import { TransactionOver } from './errors.ts';

/**
 * Runs `work` in one transaction of `db`, which commits when `work` resolves and rolls back when it rejects.
 *
 * Where Kysely's own transaction sends a statement when it has the result of the one before, this sends each at once,
 * and the pool's `pipeline: true` passes it on: statements that are asked for side by side share a round trip, and the
 * last, when it is not awaited, shares that of the commit. They run in the order in which they were asked for. When
 * one fails, the transaction rejects, also when nobody awaits it.
 */
export function inTransaction<DB, R>(db: Kysely<DB>, work: (tx: Transaction<DB>) => Promise<R>): Promise<R> {
  return db.getExecutor().provideConnection(async (connection) => {
    const { statements, tx } = open(db, connection);
    await statements.run('begin');
    let result: R;
    try {
      result = await work(tx);
    } catch (error) {
      await statements.end('rollback').catch(() => {});
      throw statements.causeOf(error);
    }
    await statements.end('commit');
    return result;
  });
}

/**
 * Runs `work` in a part of the transaction `tx`, of which nothing is left when it rejects; `tx` then goes on without
 * it. To be awaited before `tx` is used again.
 */
export async function inSavepoint<DB, R>(
  tx: Transaction<DB>,
  work: (part: Transaction<DB>) => Promise<R>,
): Promise<R> {
  const run = async (connection: DatabaseConnection) => {
    const { statements, tx: part } = open(tx, connection);
    await statements.run('savepoint everyhop');
    try {
      const result = await work(part);
      await statements.end('release savepoint everyhop');
      return result;
    } catch (error) {
      await statements.end('rollback to savepoint everyhop', 'release savepoint everyhop').catch(() => {});
      throw statements.causeOf(error);
    }
  };
  // Settled, since its failure is none of the transaction.
  const [outcome] = await tx
    .getExecutor()
    .provideConnection((connection) => Promise.allSettled([run(connection)]));
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

function open<DB>(db: Kysely<DB>, connection: DatabaseConnection) {
  const statements = new Statements(connection);
  const executor = db.getExecutor().withConnectionProvider(statements);
  return { statements, tx: new Transaction<DB>({ executor, dialect, driver, config: { dialect } }) };
}

// For what a transaction does not do: it is given its connection.
const dialect = new PostgresDialect({ pool: undefined! });
const driver = dialect.createDriver();

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: in_failed_sql_transaction */
const isAborted = (error: unknown) => (error as { code?: string } | undefined)?.code === '25P02';

/** The statements of a transaction or a part of it, each of which is sent when it is asked for. */
class Statements implements ConnectionProvider {
  readonly #connection: DatabaseConnection;
  readonly #sent: Promise<unknown>[] = [];
  /** Why the first that failed did so; those after it fail since it did. */
  #failure: unknown;
  #isOver = false;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  provideConnection<R>(send: (connection: DatabaseConnection) => Promise<R>): Promise<R> {
    if (this.#isOver) return Promise.reject(new TransactionOver());
    return this.#send(send);
  }

  run(statement: string) {
    return this.#send((connection) =>
      connection.executeQuery<{ command?: string }>(CompiledQuery.raw(statement)),
    );
  }

  /** Sends the last statements; resolves when all are done. Rejects when they are not committed although they should be. */
  async end(...last: string[]): Promise<void> {
    this.#isOver = true;
    const ended = last.map((statement) => this.run(statement));
    await Promise.all(this.#sent);
    const [result] = await Promise.all(ended);
    // A commit after a statement that failed is a rollback, which Postgres does not call an error.
    if (last[0] === 'commit' && result!.rows[0]?.command === 'ROLLBACK') throw this.#failure;
  }

  /** Why `error` came about: it, or the failure of the statement before. */
  causeOf(error: unknown): unknown {
    return isAborted(error) ? (this.#failure ?? error) : error;
  }

  #send<R>(send: (connection: DatabaseConnection) => Promise<R>): Promise<R> {
    const sent = send(this.#connection);
    this.#sent.push(sent.catch((error) => void (this.#failure ??= isAborted(error) ? undefined : error)));
    return sent;
  }
}
