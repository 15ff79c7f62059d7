import type { EventMetadata } from '@everyhop/events';
import { keep } from '@everyhop/postgres';
import { sql, type Transaction } from 'kysely';
import { seal } from './envelope.ts';
import type { JobHandler } from './job.ts';

/** When a job runs, and what it replaces and comes from. */
export interface AddJobOptions {
  /** Not before then; default: as soon as the transaction has committed. */
  runAt?: Date;
  /** Two jobs with one key are one: the later replaces the earlier, unless that one has started. */
  key?: string;
  /** The event being handled, so that what the job publishes is known to be caused by it. */
  cause?: EventMetadata;
}

/** A job was added that no method of this service is marked for. */
export class UnknownJob extends Error {
  override readonly name = 'UnknownJob';
  readonly code = 'UNKNOWN_JOB';
}

/** Adds jobs: side effects outside the database, made soon or later, at least once. */
export class Jobs {
  /** Names of jobs that wait because something they need is away; kept by `startJobs`. */
  readonly paused = new Set<string>();
  readonly #handlers = new Map<string, JobHandler>();

  constructor(handlers: readonly JobHandler[] = []) {
    this.register(handlers);
  }

  /** The job methods of this service by name. */
  get handlers(): ReadonlyMap<string, JobHandler> {
    return this.#handlers;
  }

  /** Makes job methods known; throws when two have one name. */
  register(handlers: readonly JobHandler[]): void {
    for (const handler of handlers) {
      if (this.#handlers.has(handler.name))
        throw new Error(`Two methods are marked @Job('${handler.name}'): rename one.`);
      this.#handlers.set(handler.name, handler);
    }
  }

  /**
   * Adds the job `name` in `tx`: it exists if and only if that commits. `payload` is stored as JSON, together with
   * the active trace context, so that the job's span belongs to this trace. Throws {@link UnknownJob}, which fails `tx`,
   * too, when nobody awaits it.
   */
  add(tx: Transaction<any>, name: string, payload: object, options: AddJobOptions = {}): Promise<void> {
    return keep(tx, () => this.#add(tx, name, payload, options));
  }

  async #add(tx: Transaction<any>, name: string, payload: object, options: AddJobOptions): Promise<void> {
    const handler = this.#handlers.get(name);
    if (!handler) {
      const known = [...this.#handlers.keys()].join(', ') || 'none';
      throw new UnknownJob(`No method is marked @Job('${name}') in this service; known jobs: ${known}.`);
    }
    const { runAt = null, key = null, cause } = options;
    await sql`
      select graphile_worker.add_job(
        identifier => ${name},
        payload => ${seal(payload, cause)}::json,
        run_at => ${runAt}::timestamptz,
        job_key => ${key},
        max_attempts => ${handler.maxAttempts}::int
      )`.execute(tx);
  }
}
