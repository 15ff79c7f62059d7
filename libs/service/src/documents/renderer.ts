import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Milliseconds that one document may take; the thread of one that takes longer is ended. */
const longestMs = 120_000;
/** Milliseconds without work after which the thread ends, and gives its memory back. */
const idleMs = 60_000;
/** Documents that wait or are rendered; more are refused. */
const mostWaiting = 20;
/** MiB of heap for one document; one that needs more ends the thread, not the process. */
const heapMiB = 384;

/** Too many documents wait to be rendered. */
export class TooMuchToRender extends Error {
  override readonly name = 'TooMuchToRender';
  readonly code = 'TOO_MUCH_TO_RENDER';
}

/**
 * Renders in a thread of its own, one document after the other. The thread runs `script`, which answers each message,
 * the input, with the rendered bytes; what it throws ends it, and the next document gets a new one.
 */
export class Renderer {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(private readonly script: URL) {}

  /** Rejects with {@link TooMuchToRender} when twenty wait, and with what the script throws. */
  async render(input: unknown): Promise<Uint8Array> {
    if (this.#waiting >= mostWaiting) throw new TooMuchToRender('Too many documents wait to be rendered.');
    this.#waiting++;
    const turn = this.#last.then(() => this.#run(input)).finally(() => this.#waiting--);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Ends the thread and what it renders; what waits is rejected. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#end();
  }

  async #run(input: unknown): Promise<Uint8Array> {
    if (this.#closed) throw new Error('Nothing is rendered any more: the service stops.');
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    const over = new AbortController();
    const end = () => over.abort();
    const tooLong = setTimeout(end, longestMs).unref();
    worker.once('exit', end);
    const answer = once(worker, 'message', { signal: over.signal });
    try {
      worker.postMessage(input);
      const [bytes] = (await answer) as [Uint8Array];
      this.#idle = setTimeout(() => void this.#end(), idleMs).unref();
      return bytes;
    } catch (error) {
      await this.#end();
      throw error;
    } finally {
      clearTimeout(tooLong);
      worker.off('exit', end);
    }
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    // Without the process's own options, such as --import: the thread renders, and nothing else.
    const options = { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMiB } };
    const worker = new Worker(this.script, options);
    const forget = () => void (this.#worker === worker && (this.#worker = undefined));
    // Who waits for it is told by `once`; without a listener, one that ends idle would end the process.
    worker.on('error', forget).on('exit', forget).unref();
    return worker;
  }
}
