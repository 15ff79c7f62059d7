import { WakeUp } from '@everyhop/postgres/internal';
import { sql } from 'kysely';
import { backoffMs } from '@everyhop/telemetry/internal';
import { outageBackoff } from '../handler/backoff.ts';
import type { Handler } from '../handler/handler.ts';
import type { OpenReplay } from './replay-bounds.ts';
import { ReplayRun, type ReplayRunOptions } from './replay-run.ts';

/** What a `Replayer` needs. */
export interface ReplayerOptions extends ReplayRunOptions {
  handlers: Handler[];
}

const pollMs = 60_000;

/**
 * Does the replays that were begun. Each has a consumer group of its own, so that instances share it, and one that
 * dies is replaced by the others or by its own restart.
 */
export class Replayer {
  readonly #options: ReplayerOptions;
  readonly #wakeUp = new WakeUp();
  readonly #stopping = new AbortController();
  readonly #running = new Map<number, Promise<void>>();
  #looking: Promise<void> | undefined;

  constructor(options: ReplayerOptions) {
    this.#options = options;
  }

  /** Begins to look for replays; returns at once. Does nothing when no handler is replayable. */
  start(): void {
    if (this.#options.handlers.some(({ replayable }) => replayable)) this.#looking ??= this.#look();
  }

  /** Says that a replay was begun. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Finishes the batches in hand; the rest is done by another instance, or after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  async #look(): Promise<void> {
    const { db, handlers, logger } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        const { rows } = await sql<OpenReplay>`
          select id, handler, key, starts_from, traceparent from inbox_replay where finished_at is null`.execute(
          db,
        );
        for (const replay of rows) {
          const handler = handlers.find(({ id }) => id === replay.handler);
          if (handler && !this.#running.has(replay.id)) this.#begin(replay, handler);
        }
        failures = 0;
      } catch (error) {
        if (++failures === 1) logger.warn({ err: error }, 'replays have to wait');
      }
      await this.#wakeUp.wait(failures === 0 ? pollMs : backoffMs(failures, outageBackoff), signal);
    }
  }

  #begin(replay: OpenReplay, handler: Handler): void {
    const running = new ReplayRun(replay, handler, this.#options, this.#stopping.signal).run();
    this.#running.set(
      replay.id,
      running.finally(() => this.#running.delete(replay.id)),
    );
  }
}
