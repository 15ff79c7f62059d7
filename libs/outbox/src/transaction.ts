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
    const statements = new Statements(connection);
    const executor = db.getExecutor().withConnectionProvider(statements);
    await statements.run('begin');
    let result: R;
    try {
      result = await work(new Transaction({ executor, dialect, driver, config: { dialect } }));
    } catch (error) {
      await statements.end('rollback').catch(() => {});
      throw isAborted(error) ? (statements.failure ?? error) : error;
    }
    await statements.end('commit');
    return result;
  });
}

// For what a transaction does not do: it is given its connection.
const dialect = new PostgresDialect({ pool: undefined! });
const driver = dialect.createDriver();

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: in_failed_sql_transaction */
const isAborted = (error: unknown) => (error as { code?: string } | undefined)?.code === '25P02';

/** The statements of one transaction, each of which is sent when it is asked for. */
class Statements implements ConnectionProvider {
  /** Why the first that failed did so; those after it fail since it did. */
  failure: unknown;
  readonly #connection: DatabaseConnection;
  readonly #sent: Promise<unknown>[] = [];
  #isOver = false;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  provideConnection<R>(send: (connection: DatabaseConnection) => Promise<R>): Promise<R> {
    if (this.#isOver) return Promise.reject(new TransactionOver());
    const sent = send(this.#connection);
    this.#sent.push(sent.catch((error) => (this.failure ??= error)));
    return sent;
  }

  run(statement: string) {
    return this.provideConnection((connection) =>
      connection.executeQuery<{ command?: string }>(CompiledQuery.raw(statement)),
    );
  }

  /** Sends the last statement; resolves when all are done. Rejects when they are not committed although they should be. */
  async end(statement: 'commit' | 'rollback'): Promise<void> {
    const ended = this.run(statement);
    this.#isOver = true;
    await Promise.all(this.#sent);
    const { rows } = await ended;
    // A commit after a statement that failed is a rollback, which Postgres does not call an error.
    if (statement === 'commit' && rows[0]?.command === 'ROLLBACK') throw this.failure;
  }
}
