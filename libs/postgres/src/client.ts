import pg from 'pg';
import { pinned } from './settings.ts';
import { assertUsable } from './requirements.ts';

/** How a `Client` is opened. */
export interface ClientConfig extends pg.ClientConfig {
  /** Settings of its session, beside those that are pinned: before all that the server, the role or the URL says. */
  settings?: Record<string, string>;
}

/** A network that forgets a connection, even an idle one as that of a listener, tells nobody: so it is asked. */
const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 30_000 };

/**
 * What Postgres answers for as long as the session lives, whatever is asked next
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html): it can only read; a statement that was prepared is
 * gone, is there twice, or has another result by now.
 */
const lasting = ['25006', '26000', '42P05', '0A000'];

/**
 * A client of `pg` whose session can be relied on: its settings are those that the code expects, it can write, and the
 * server is new enough, or `connect` rejects with `SessionReadOnly`, `PostgresTooOld` or `DatabaseNotUtf8`. A pool
 * does not take it back once it is of no more use: when it can't write any more, has lost what it had prepared, is
 * still inside a transaction, or when whoever had it has left it with other settings.
 */
export class Client extends pg.Client {
  readonly #settings: Record<string, string>;
  /** What the server has told without being asked: some settings, at first and whenever they change. */
  readonly #reported = new Map<string, string>();
  #reportedAtFirst: ReadonlyMap<string, string> = new Map();
  #hasFailed = false;
  #giveBack: (error?: Error | boolean) => void = () => {};

  constructor(config?: string | ClientConfig) {
    super({ ...keepAlive, ...(typeof config === 'string' ? { connectionString: config } : config) });
    this.#settings = { ...pinned, ...(typeof config === 'object' ? config.settings : {}) };
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }) =>
      this.#reported.set(parameterName, parameterValue),
    );
    this.connection.on('errorMessage', ({ code }) => (this.#hasFailed ||= lasting.includes(code)));
  }

  // With a callback as pools call it: before anything else is read, since they listen for errors from then on.
  override connect(callback?: (error: any, client?: any) => void): any {
    if (callback === undefined)
      return new Promise<this>((resolve, reject) => {
        this.connect((error) => (error ? reject(error) : resolve(this)));
      });
    super.connect((error: unknown) => callback(error ?? this.#refusal(), this));
  }

  /** Of `pg`, which sends it when a connection begins. Settings that are sent so are before all others. */
  getStartupConf(): Record<string, string> {
    return { ...(super['getStartupConf' as keyof pg.Client] as any)(), ...this.#settings };
  }

  /** How a pool is given the client back; the pool sets it. */
  get release(): (error?: Error | boolean) => void {
    return (error) => this.#giveBack(error || !this.#isAsAtFirst());
  }

  set release(giveBack: (error?: Error | boolean) => void) {
    this.#giveBack = giveBack;
  }

  /** Why the session is of no use, in which case it is ended. */
  #refusal(): unknown {
    this.#reportedAtFirst = new Map(this.#reported);
    try {
      assertUsable(this.#reported);
      return null;
    } catch (error) {
      // Nobody else listens to it any more.
      this.on('error', () => {});
      void this.end();
      return error;
    }
  }

  #isAsAtFirst(): boolean {
    // Not known yet of one that nobody has used.
    const isIdle = (this.getTransactionStatus() ?? 'I') === 'I';
    if (this.#hasFailed || !isIdle) return false;
    // Its name is for whoever watches, and changes nothing else.
    return [...this.#reported].every(
      ([name, value]) => name === 'application_name' || this.#reportedAtFirst.get(name) === value,
    );
  }
}
