import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@everyhop/telemetry';
import type { EachBatchPayload } from 'kafkajs';
import pLimit, { type LimitFunction } from 'p-limit';

const patienceMs = 1_000;
const retryMs = 1_000;
/** How long a batch keeps its lane while others need one. */
const keepLaneMs = 5_000;
/** How many of a consumer may go on without a lane; what they hold, such as connections, is not without limit. */
const mostWithoutLane = 6;
const commitAttempts = 5;

/**
 * Keeps partitions from waiting for each other. kafkajs fetches from a broker only when all that came with the last
 * fetch is handled, so that one slow partition would hold up all others. Here a partition that takes longer than a
 * second is paused, and handled beside the fetching.
 */
export class Lanes {
  readonly #concurrency: number;
  readonly #logger: Logger;
  readonly #stopping: AbortSignal;
  readonly #topics = new Map<string, LimitFunction>();
  readonly #slow = new Set<string>();
  readonly #beside = new Set<Promise<void>>();
  #withoutLane = 0;

  /**
   * `concurrency`: how many partitions of a topic are handled at a time, besides those that take longer than five
   * seconds: up to six of all topics give their lanes to others. After `stopping` no more are handled beside
   * the fetching.
   */
  constructor(concurrency: number, logger: Logger, stopping: AbortSignal) {
    this.#concurrency = concurrency;
    this.#logger = logger;
    this.#stopping = stopping;
  }

  /**
   * Runs `work`, in which the batch of `payload` is handled. Resolves when that is done, or goes on beside the fetching;
   * then its offsets are committed at the end, and after an error the rest is delivered again.
   */
  async run(payload: EachBatchPayload, work: () => Promise<void>): Promise<void> {
    const { topic, partition } = payload.batch;
    const name = `${topic}/${partition}`;
    const begun = performance.now();
    const done = this.#inLane(topic, work).finally(() => {
      if (performance.now() - begun > patienceMs) this.#slow.add(name);
      else this.#slow.delete(name);
    });
    const quick = await isDoneWithin(this.#slow.has(name) ? 0 : patienceMs, done);
    if (quick || this.#stopping.aborted) return done;
    const resume = payload.pause();
    const beside = this.#finish(payload, done)
      .catch((error) =>
        this.#logger.warn({ err: error, partition: name }, 'the rest of a batch is delivered again'),
      )
      .finally(() => {
        resume();
        this.#beside.delete(beside);
      });
    this.#beside.add(beside);
  }

  /** Resolves when nothing is handled beside the fetching any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#beside);
  }

  async #inLane(topic: string, work: () => Promise<void>): Promise<void> {
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    await this.#limitOf(topic)(async () => {
      work().then(resolve, reject);
      while (!(await isDoneWithin(keepLaneMs, done))) {
        if (this.#withoutLane >= mostWithoutLane) continue;
        this.#withoutLane++;
        const back = () => void this.#withoutLane--;
        done.then(back, back);
        return;
      }
    });
    return done;
  }

  #limitOf(topic: string): LimitFunction {
    const limit = this.#topics.get(topic) ?? pLimit(this.#concurrency);
    this.#topics.set(topic, limit);
    return limit;
  }

  async #finish(payload: EachBatchPayload, done: Promise<void>): Promise<void> {
    try {
      await done;
    } catch (error) {
      await delay(retryMs);
      throw error;
    } finally {
      await commit(payload);
    }
  }
}

// Nothing else would commit them before the next batch comes.
async function commit(payload: EachBatchPayload): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    } catch (error) {
      if (attempt === commitAttempts) throw error;
      await delay(retryMs);
    }
  }
}

function isDoneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), ms);
    const done = () => {
      clearTimeout(late);
      resolve(true);
    };
    work.then(done, done);
  });
}
