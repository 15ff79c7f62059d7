import { PinoLogger } from 'nestjs-pino';
import type { Logger } from './logger.ts';

// A longer timer would fire at once.
const longestTimerMs = 2 ** 31 - 1;

/** What `LOG_LEVEL` and the admin API take, from the least logged to the most; `silent`: nothing. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevelName = (typeof logLevels)[number];

/** How much is logged, from when to when. */
export interface LogLevelState {
  level: LogLevelName;
  /** What it is set to when the service starts, and what it goes back to. */
  configured: LogLevelName;
  /** When it goes back; `null`: not by itself. */
  until: Date | null;
}

/** How much a service logs: what its settings say, unless somebody said otherwise while it runs. */
export class LogLevel {
  readonly #configured: LogLevelName;
  #until: Date | null = null;
  #reset: NodeJS.Timeout | undefined;

  constructor(private readonly logger: Logger) {
    this.#configured = logger.level as LogLevelName;
  }

  get state(): LogLevelState {
    const level = this.logger.level as LogLevelName;
    return { level, configured: this.#configured, until: this.#until };
  }

  /** Logs from `level` up, at once, and after `forMs` as configured again; default: until the next `set` or start. */
  set(level: LogLevelName, forMs?: number): LogLevelState {
    clearTimeout(this.#reset);
    this.#until = forMs === undefined ? null : new Date(Date.now() + forMs);
    if (forMs !== undefined) this.#resetIn(forMs);
    // Before: the next level may keep it silent.
    this.logger.warn({ until: this.#until ?? undefined }, `from here on logged from ${level} up`);
    this.logger.level = level;
    // Requests and Nest log through a child of it, which keeps a level of its own.
    PinoLogger.root.level = level;
    return this.state;
  }

  #resetIn(ms: number): void {
    const next = Math.min(ms, longestTimerMs);
    const reset = () => (next < ms ? this.#resetIn(ms - next) : void this.set(this.#configured));
    this.#reset = setTimeout(reset, next).unref();
  }

  /** Forgets to go back. */
  stop(): void {
    clearTimeout(this.#reset);
  }
}
