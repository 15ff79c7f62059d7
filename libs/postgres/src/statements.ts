import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { CompiledQuery, type ConnectionProvider, type DatabaseConnection } from 'kysely';
import { NotYoursToEnd, TransactionOver } from './errors.ts';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: in_failed_sql_transaction */
const isAborted = (error: unknown) => (error as { code?: string } | undefined)?.code === '25P02';

const failures = new WeakSet<object>();
const remember = (error: unknown) => {
  if (error instanceof Error) failures.add(error);
};

/**
 * Whether `error` has failed a transaction or a part of it, whose caller was told, or is `TransactionOver`. As an
 * unhandled rejection it says that something in a transaction was not awaited: a reason to log it, not to end.
 */
export function isOfTransaction(error: unknown): boolean {
  return error instanceof TransactionOver || failures.has(error as object);
}

/** A promise that knows whether anybody has asked for its outcome. */
class Watched<R> extends Promise<R> {
  static override readonly [Symbol.species] = Promise;
  isAsked = false;

  override then<A = R, B = never>(
    onResolved?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isAsked = true;
    return super.then(onResolved, onRejected);
  }

  /** The same, without asking. */
  settled(onRejected: (reason: unknown) => void): Promise<unknown> {
    return super.then(() => {}, onRejected);
  }
}

/** One connection, for as long as a transaction has it. */
class Session {
  readonly connection: DatabaseConnection;
  /** For whoever may not end the transaction. */
  readonly guarded: DatabaseConnection;
  inFlight = 0;

  constructor(connection: DatabaseConnection) {
    this.connection = connection;
    this.guarded = new Guarded(connection);
  }

  async send<R>(send: (connection: DatabaseConnection) => Promise<R>): Promise<R> {
    this.inFlight++;
    try {
      return await send(this.connection);
    } finally {
      this.inFlight--;
    }
  }

  /** Ends the connection, unless what was sent is done within a second: nobody waits for it any longer. */
  async giveUp(): Promise<void> {
    for (;;) {
      await delay(graceMs, undefined, { ref: false });
      if (this.inFlight === 0) return;
      // Kysely ends a session only while its last statement is under way, and forgets that at the end of any.
      this.connection.executeQuery(CompiledQuery.raw('select')).catch(() => {});
      const { connection } = this;
      await connection.collectSessionInfo?.().catch(() => {});
      await connection.killSession?.((work) => work(connection)).catch(() => {});
    }
  }
}

const graceMs = 1_000;

const comments = /^(?:\s|;|--.*|\/\*[^]*?\*\/)*/;
const beginOrEnd =
  /^(?:begin|start\s+transaction|commit|end|abort|prepare\s+transaction|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b))\b/i;

/** A connection that does not send what would begin or end the transaction. */
class Guarded implements DatabaseConnection {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  executeQuery<R>(query: CompiledQuery, ...more: [any?]) {
    const [statement] = beginOrEnd.exec(query.sql.replace(comments, '')) ?? [];
    if (statement) return Promise.reject(new NotYoursToEnd(statement));
    return this.#connection.executeQuery<R>(query, ...more);
  }

  streamQuery<R>(...query: Parameters<DatabaseConnection['streamQuery']>) {
    return this.#connection.streamQuery<R>(...query);
  }

  async cancelQuery(...by: Parameters<NonNullable<DatabaseConnection['cancelQuery']>>) {
    await this.#connection.cancelQuery?.(...by);
  }

  async collectSessionInfo() {
    await this.#connection.collectSessionInfo?.();
  }

  async killSession(...by: Parameters<NonNullable<DatabaseConnection['killSession']>>) {
    await this.#connection.killSession?.(...by);
  }
}

/** A transaction or a savepoint in it. While a savepoint is open within it, all but what belongs to that waits. */
class Level {
  readonly owner: Statements;
  readonly outer: Level | undefined;
  /** Of its savepoint. Each depth has its own: a rollback goes to the last of a name. */
  readonly name: string;
  readonly sent: Promise<unknown>[] = [];
  /** Why the first statement that failed did so; those after it fail since it did. */
  failure: unknown;
  #open: Level | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(owner: Statements, outer?: Level) {
    this.owner = owner;
    this.outer = outer;
    this.name = outer ? `${outer.name}_part` : 'everyhop';
  }

  /** Runs `work` when no savepoint is open here; at once, as a part of the open one, when it is called within that. */
  inTurn<R>(work: (level: Level) => Promise<R>): Promise<R> {
    if (this.#open && isWithin(this.#open)) return this.#open.inTurn(work);
    if (!this.#open && this.#waiting.length === 0) return work(this);
    return new Promise((resolve, reject) => this.#waiting.push(() => work(this).then(resolve, reject)));
  }

  open(inner: Level): void {
    this.#open = inner;
  }

  close(): void {
    this.#open = undefined;
    while (!this.#open && this.#waiting.length > 0) this.#waiting.shift()!();
  }
}

/** The savepoint whose work it is that runs. */
const current = new AsyncLocalStorage<Level>();

function isWithin(level: Level): boolean {
  for (let here = current.getStore(); here; here = here.outer) if (here === level) return true;
  return false;
}

/** Asks an executor whose statements it hands out; see `statementsOf`. */
class Question {
  found: Statements | undefined;
  readonly ask = Object.assign(async () => {}, { question: this });
}

/** Whose statements an executor hands out; `undefined` for one of a transaction that Kysely itself has begun. */
export function statementsOf(executor: ConnectionProvider): Statements | undefined {
  const question = new Question();
  executor.provideConnection(question.ask).catch(() => {});
  return question.found;
}

/**
 * The statements of a transaction, of a part of it, or of who was lent it. Each is sent when it is asked for, unless a
 * savepoint is open that it does not belong to; after the end it is refused.
 */
export class Statements implements ConnectionProvider {
  readonly #session: Session;
  readonly #outer: Statements | undefined;
  readonly #level: Level;
  readonly #tasks = new Set<Promise<unknown>>();
  readonly #failed: { error: unknown; watched: Watched<unknown> }[] = [];
  #isOver = false;

  private constructor(session: Session, outer?: Statements, level?: (owner: Statements) => Level) {
    this.#session = session;
    this.#outer = outer;
    this.#level = level ? level(this) : new Level(this);
  }

  /** Those of a transaction on `connection`. */
  static on(connection: DatabaseConnection): Statements {
    return new Statements(new Session(connection));
  }

  /** Whether nothing may be asked for any more. */
  get isOver(): boolean {
    return this.#isOver || (this.#outer?.isOver ?? false);
  }

  provideConnection<R>(send: (connection: DatabaseConnection) => Promise<R>): Promise<R> {
    const { question } = send as { question?: Question };
    if (question) {
      question.found = this;
      return send(this.#session.connection);
    }
    return this.#inTurn((level) => this.#send(level, () => send(this.#session.guarded)));
  }

  /** Has the end wait for `work`, which is also an unhandled rejection no longer: when nobody asked, all fails with it. */
  keep<R>(work: () => Promise<R>): Promise<R> {
    if (this.isOver) return Promise.reject(new TransactionOver());
    const watched = Watched.resolve(work()) as Watched<R>;
    const task = watched
      .settled((error) => {
        remember(error);
        this.#failed.push({ error, watched });
      })
      .finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
    return watched;
  }

  /** Resolves when all that is kept is done. Rejects as the first that failed and that nobody had asked for. */
  async settle(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    const forgotten = this.#failed.find(({ watched }) => !watched.isAsked);
    if (forgotten) throw forgotten.error;
  }

  /** Runs `work` in a savepoint, as soon as no other is open; nothing of it is left when it rejects. */
  inSavepoint<R>(work: (part: Statements) => Promise<R>): Promise<R> {
    return this.keep(() =>
      this.#inTurn(async (level) => {
        const outer = level === this.#level ? this : level.owner;
        const part = new Statements(this.#session, outer, (owner) => new Level(owner, level));
        level.open(part.#level);
        try {
          return await current.run(part.#level, () => part.#runAsPart(work));
        } finally {
          level.close();
        }
      }),
    );
  }

  async #runAsPart<R>(work: (part: Statements) => Promise<R>): Promise<R> {
    const savepoint = `savepoint ${this.#level.name}`;
    await this.run(savepoint);
    try {
      const result = await work(this);
      await this.settle();
      await this.end(`release ${savepoint}`);
      return result;
    } catch (error) {
      await this.end(`rollback to ${savepoint}`, `release ${savepoint}`).catch(() => {});
      throw this.causeOf(error);
    }
  }

  /** Others for the same, that can be over before these are. */
  lend(): Statements {
    return new Statements(this.#session, this, () => this.#level);
  }

  /** Refuses what is asked for from now on. */
  close(): void {
    this.#isOver = true;
  }

  /** Refuses what is asked for from now on, and ends the connection if what was asked for is not done soon. */
  giveUp(): void {
    this.#isOver = true;
    void this.#session.giveUp();
  }

  run(statement: string) {
    return this.#send(this.#level, (connection) =>
      connection.executeQuery<{ command?: string }>(CompiledQuery.raw(statement)),
    );
  }

  /** Sends the last statements; resolves when all are done. Rejects when they are not committed although they should be. */
  async end(...last: string[]): Promise<void> {
    // What is over with the whole transaction was undone, and its connection may be in other hands.
    if (this.#outer?.isOver) throw new TransactionOver();
    this.#isOver = true;
    // Who still waits for a turn is refused.
    this.#level.close();
    const ended = last.map((statement) => this.run(statement));
    await Promise.all(this.#level.sent);
    const [result] = await Promise.all(ended);
    // A commit after a statement that failed is a rollback, which Postgres does not call an error.
    if (last[0] === 'commit' && result!.rows[0]?.command === 'ROLLBACK') throw this.#level.failure;
  }

  /** Why `error` came about: it, or the failure of the statement before. */
  causeOf(error: unknown): unknown {
    return isAborted(error) ? (this.#level.failure ?? error) : error;
  }

  #inTurn<R>(work: (level: Level) => Promise<R>): Promise<R> {
    const unlessOver = (level: Level) =>
      this.isOver || level.owner.isOver ? Promise.reject(new TransactionOver()) : work(level);
    return this.isOver ? Promise.reject(new TransactionOver()) : this.#level.inTurn(unlessOver);
  }

  #send<R>(level: Level, send: (connection: DatabaseConnection) => Promise<R>): Promise<R> {
    const sent = this.#session.send(send);
    const fail = (error: unknown) => {
      remember(error);
      level.failure ??= isAborted(error) ? undefined : error;
    };
    level.sent.push(sent.catch(fail));
    return sent;
  }
}
