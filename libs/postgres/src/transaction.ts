import { type Kysely, PostgresDialect, Transaction } from 'kysely';
import { Statements, statementsOf } from './statements.ts';

/**
 * Runs `work` in one transaction of `db`, which commits when `work` resolves and rolls back when it rejects.
 *
 * Where Kysely's own transaction sends a statement when it has the result of the one before, this sends each at once,
 * and the pool's `pipeline: true` passes it on: statements that are asked for side by side share a round trip, and the
 * last, when it is not awaited, shares that of the commit. They run in the order in which they were asked for. When
 * one fails, the transaction rejects, also when nobody awaits it; one that is asked for after `work` has resolved is
 * rejected with `TransactionOver`.
 */
export function inTransaction<DB, R>(db: Kysely<DB>, work: (tx: Transaction<DB>) => Promise<R>): Promise<R> {
  return db.getExecutor().provideConnection(async (connection) => {
    const statements = Statements.on(connection);
    await statements.run('begin');
    let result: R;
    try {
      result = await work(transaction(db, statements));
      await statements.settle();
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
 * it. Parts take turns, and a statement of `tx` that does not come from within `work` waits for the end of the part.
 */
export function inSavepoint<DB, R>(
  tx: Transaction<DB>,
  work: (part: Transaction<DB>) => Promise<R>,
): Promise<R> {
  const inPartOf = (outer: Statements) => outer.inSavepoint((part) => work(transaction(tx, part)));
  const executor = tx.getExecutor();
  const statements = statementsOf(executor);
  return statements
    ? inPartOf(statements)
    : executor.provideConnection((connection) => inPartOf(Statements.on(connection)));
}

/**
 * Lends `tx` to `work`, as a transaction of its own that is over when `work` settles: what it still asks for then is
 * rejected with `TransactionOver`. When `givenUp` rejects before, this rejects with the same at once, `work` has no
 * transaction any more, and if a statement of it is not done within a second, the connection is ended.
 */
export async function lend<DB, R>(
  tx: Transaction<DB>,
  work: (lent: Transaction<DB>) => Promise<R>,
  givenUp?: Promise<never>,
): Promise<R> {
  const statements = statementsOf(tx.getExecutor())?.lend();
  if (!statements) return work(tx);
  const working = (async () => {
    const result = await work(transaction(tx, statements));
    await statements.settle();
    return result;
  })();
  givenUp?.catch(() => statements.giveUp());
  try {
    return await (givenUp ? Promise.race([working, givenUp]) : working);
  } catch (error) {
    throw statements.causeOf(error);
  } finally {
    statements.close();
  }
}

/**
 * Has the transaction `tx` wait for `work` before it commits, as if its author had awaited it; when `work` rejects and
 * nobody has asked for its outcome, `tx` is rolled back and rejects with the same.
 */
export function keep<R>(tx: Transaction<any>, work: () => Promise<R>): Promise<R> {
  const statements = statementsOf(tx.getExecutor());
  return statements ? statements.keep(work) : work();
}

function transaction<DB>(db: Kysely<DB>, statements: Statements): Transaction<DB> {
  const executor = db.getExecutor().withConnectionProvider(statements);
  return new Transaction<DB>({ executor, dialect, driver, config: { dialect } });
}

// For what a transaction does not do: it is given its connection.
const dialect = new PostgresDialect({ pool: undefined! });
const driver = dialect.createDriver();
