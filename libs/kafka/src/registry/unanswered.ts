import { backoffMs } from '@everyhop/telemetry/internal';

/** How often a schema is asked for that the registry fails to give, before it is blamed. */
const timesToBlame = 3;
const backoff = { first: '5s', longest: '10m' } as const;

/**
 * Remembers the schemas that the registry failed to give, though it answered right before: one that is too much for it,
 * and ends it, must not be asked for again and again.
 */
export class Unanswered {
  readonly #byId = new Map<number, { times: number; askAgainAt: number }>();

  /** Whether the last time that the schema was asked for there was no answer. */
  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** Whether the schema is not to be asked for now. */
  isBlamed(id: number): boolean {
    const { times = 0, askAgainAt = 0 } = this.#byId.get(id) ?? {};
    return times >= timesToBlame && performance.now() < askAgainAt;
  }

  /** Notes that the schema was asked for in vain. */
  add(id: number): void {
    const times = (this.#byId.get(id)?.times ?? 0) + 1;
    const waitMs = backoffMs(Math.max(times - timesToBlame, 0) + 1, backoff);
    this.#byId.set(id, { times, askAgainAt: performance.now() + waitMs });
  }

  /** Notes that there was an answer. */
  delete(id: number): void {
    this.#byId.delete(id);
  }
}
