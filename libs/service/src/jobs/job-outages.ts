import { againMs, freeTries, Suspects, suspicionOf } from '@everyhop/inbox/internal';
import type { Logger } from '@everyhop/telemetry';

/** Milliseconds until a job is tried again whose failure looks like an outage; doubles from the first to the last. */
const outageBackoff = { first: 500, longest: 15_000 };
/** With many that wait, they are tried about as often as that a second. */
const triesASecond = 50;
/** Tells an outage from the failure of a job: an outage is what others of its kind suffer, too. */
export class JobOutages {
  readonly #suspects = new Suspects();
  readonly #logger: Logger;
  readonly #paused: Set<string>;

  /** `paused` is kept: the names of those jobs of which some wait and none has got through since. */
  constructor(logger: Logger, paused: Set<string>) {
    this.#logger = logger;
    this.#paused = paused;
  }

  /** Notes that the job `id` got through: what others of its name have met is no outage. */
  passed(name: string, id: string): void {
    this.#suspects.passed(name, id);
    this.#update(name);
  }

  /** Notes that the job `id` will not be tried again. */
  forget(name: string, id: string): void {
    this.#suspects.forget(name, id);
    this.#update(name);
  }

  /** In how many ms the job is to be tried again, without an attempt being counted; `undefined`: it failed. */
  waitOf(name: string, id: string, error: unknown): number | undefined {
    const suspicion = suspicionOf(error);
    if (!suspicion) {
      this.forget(name, id);
      return undefined;
    }
    const { times, isAlone } = this.#suspects.failed(name, id);
    // The database is there, or this job would not be.
    const isOfDatabase = suspicion === 'session' || suspicion === 'conflict';
    const isKnown = isOfDatabase && times > freeTries[suspicion];
    if (isKnown) this.#suspects.blame(name, id);
    this.#update(name, error);
    if (isAlone || isKnown) return undefined;
    const wait = againMs(error, times, outageBackoff);
    if (suspicion === 'conflict') return wait;
    return Math.max(wait, (this.#suspects.count(name) / triesASecond) * 1_000);
  }

  #update(name: string, error?: unknown): void {
    if (this.#suspects.anyDoubt(name)) {
      if (!this.#paused.has(name))
        this.#logger.warn({ err: error }, `jobs ${name} are paused until it is back`);
      this.#paused.add(name);
    } else if (this.#paused.delete(name)) this.#logger.info({}, `jobs ${name} go on`);
  }
}
