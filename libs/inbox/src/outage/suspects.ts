interface Suspect {
  times: number;
  isAlone: boolean;
  /** Whether another had got through right before. */
  isLate: boolean;
}

const rightBeforeMs = 1_000;
/** The times in a row from which on who is the only suspect fails alone, when another had got through right before. */
const timesOfLate = 3;

/**
 * Remembers, in memory, who has failed as if something were away, and so tells an outage from a failure: when others of
 * the same kind (a handler's events, jobs of one name) get through, who has failed before has failed alone.
 */
export class Suspects {
  readonly #byKind = new Map<string, Map<string, Suspect>>();
  readonly #passedAt = new Map<string, number>();

  /** Notes that `id` got through: it is cleared, and all others that are suspects now have failed alone. */
  passed(kind: string, id: string): void {
    this.#passedAt.set(kind, performance.now());
    this.forget(kind, id);
    for (const suspect of this.#byKind.get(kind)?.values() ?? []) suspect.isAlone = true;
  }

  /**
   * Notes that `id` failed. Returns how many times it did in a row, and whether it fails alone: others got through
   * meanwhile, and nobody else has begun to fail since.
   */
  failed(kind: string, id: string): { times: number; isAlone: boolean } {
    const suspects = this.#byKind.get(kind) ?? new Map<string, Suspect>();
    this.#byKind.set(kind, suspects);
    const isLate = performance.now() - (this.#passedAt.get(kind) ?? -Infinity) < rightBeforeMs;
    const suspect = suspects.get(id) ?? { times: 0, isAlone: false, isLate };
    suspects.set(id, suspect);
    suspect.times++;
    if (suspect.isLate && suspect.times >= timesOfLate) {
      const inDoubt = [...suspects.values()].filter((one) => !one.isAlone);
      if (inDoubt.length === 1) suspect.isAlone = true;
    }
    return { times: suspect.times, isAlone: suspect.isAlone && !this.anyDoubt(kind) };
  }

  /** Notes that `id` fails alone, as is known otherwise. */
  blame(kind: string, id: string): void {
    const suspect = this.#byKind.get(kind)?.get(id);
    if (suspect) suspect.isAlone = true;
  }

  /** Clears `id`, which will not be tried again or has failed in a way of its own. */
  forget(kind: string, id: string): void {
    const suspects = this.#byKind.get(kind);
    suspects?.delete(id);
    if (suspects?.size === 0) this.#byKind.delete(kind);
  }

  /** How many of `kind` have failed and not got through since. */
  count(kind: string): number {
    return this.#byKind.get(kind)?.size ?? 0;
  }

  /** Whether any of `kind` has failed of which it is not known that it fails alone. */
  anyDoubt(kind: string): boolean {
    for (const { isAlone } of this.#byKind.get(kind)?.values() ?? []) if (!isAlone) return true;
    return false;
  }
}
