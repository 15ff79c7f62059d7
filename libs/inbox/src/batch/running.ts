import { silentLogger, type Duration, type Logger } from '@everyhop/telemetry';
import { toMs } from '@everyhop/telemetry/internal';
import { HandlerStopped, HandlerTimedOut } from './given-up.ts';
import { defaultPolicy } from '../handler/handler.ts';
import { logFieldsOf, type Item } from '../record/item.ts';

/** One try of a handler, while it runs. */
export interface RunningHandler {
  handler: string;
  eventId: string;
  key: string;
  topic: string;
  partition: number;
  /** For how long it has been running. */
  ms: number;
}

/** What a try of a handler is given up by. */
export interface Limits {
  /** Aborted when nobody waits for the handler much longer: at the stop of the inbox, or when it has timed out. */
  readonly signal: AbortSignal;
  /** Rejects when it is waited for no longer. */
  readonly givenUp: Promise<never>;
}

interface Options {
  logger?: Logger;
  /** After how long a handler that still runs is said to be slow. Default: `'10s'`. */
  slowAfter?: Duration;
}

/** How long handlers that run may go on after `stop`, in ms. */
const graceMs = 5_000;

/**
 * The handlers that run in this process. Says which take long, and has none of them waited for longer than its
 * time-out, or than five seconds after `stop`.
 */
export class RunningHandlers {
  readonly #logger: Logger;
  readonly #slowMs: number;
  readonly #running = new Set<Try>();
  #isStopping = false;
  #isOver = false;
  #grace: NodeJS.Timeout | undefined;

  constructor({ logger = silentLogger, slowAfter = '10s' }: Options = {}) {
    this.#logger = logger;
    this.#slowMs = toMs(slowAfter);
  }

  /** Runs `work`, a try of the handler of `item`. */
  async run<R>(item: Item, work: (limits: Limits) => Promise<R>): Promise<R> {
    if (this.#isOver) throw new HandlerStopped(item.handler.id);
    const running = new Try(item);
    if (this.#isStopping) running.abort(new HandlerStopped(item.handler.id));
    this.#running.add(running);
    this.#watch(running, this.#slowMs);
    try {
      const result = await work(running);
      // Whether that counts the commit of its transaction will tell.
      this.#logger.debug(fieldsOf(running), 'a handler has run');
      return result;
    } finally {
      clearTimeout(running.timer);
      this.#running.delete(running);
    }
  }

  /** Whether `stop` was called: what fails from then on is no fault of an event. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Those that have been running for long, the longest first. */
  slow(): RunningHandler[] {
    return [...this.#running].map((running) => running.describe()).filter(({ ms }) => ms >= this.#slowMs);
  }

  /** Tells all that run, and gives those up that run for five more seconds; what is begun later is told at once. */
  stop(): void {
    this.#isStopping = true;
    for (const running of this.#running) running.abort(new HandlerStopped(running.item.handler.id));
    this.#grace ??= setTimeout(() => {
      this.#isOver = true;
      for (const { giveUp, item } of this.#running) giveUp(new HandlerStopped(item.handler.id));
    }, graceMs).unref();
  }

  #watch(running: Try, sayAtMs: number): void {
    const { item } = running;
    const timeoutMs = toMs(item.handler.timeout ?? defaultPolicy.timeout);
    const { ms } = running.describe();
    const atMs = Math.min(sayAtMs, timeoutMs);
    running.timer = setTimeout(() => {
      if (atMs === timeoutMs) {
        const error = new HandlerTimedOut(item, timeoutMs);
        running.abort(error);
        return running.giveUp(error);
      }
      this.#logger.warn({ ...fieldsOf(running), timeoutMs }, 'a handler takes long');
      this.#watch(running, sayAtMs * 2);
    }, atMs - ms);
  }
}

function fieldsOf(running: Try): object {
  const { topic, partition } = running.item;
  return { ...logFieldsOf(running.item), topic, partition, ms: Math.round(running.describe().ms) };
}

class Try implements Limits {
  readonly item: Item;
  readonly givenUp: Promise<never>;
  readonly giveUp: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
  readonly #begun = performance.now();
  #controller: AbortController | undefined;
  #abortedBy: Error | undefined;

  constructor(item: Item) {
    this.item = item;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    [this.givenUp, this.giveUp] = [promise, reject];
  }

  // Few ask for it, and for each event it costs as much as all else here.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortedBy) this.#controller.abort(this.#abortedBy);
    }
    return this.#controller.signal;
  }

  abort(error: Error): void {
    this.#abortedBy ??= error;
    this.#controller?.abort(error);
  }

  describe(): RunningHandler {
    const { handler, event, topic, partition } = this.item;
    const { id: eventId, key } = event;
    return { handler: handler.id, eventId, key, topic, partition, ms: performance.now() - this.#begun };
  }
}
