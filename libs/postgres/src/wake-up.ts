/** Lets one waiter sleep until someone wakes it; a wake-up while it is awake makes the next wait return at once. */
export class WakeUp {
  #pending = false;
  #waiter: (() => void) | undefined;

  wake(): void {
    this.#pending = true;
    this.#waiter?.();
  }

  /** Resolves with whether it was woken, after `timeoutMs` or on `signal` with `false`. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#pending && !signal.aborted) await this.#sleep(timeoutMs, signal);
    const woken = this.#pending;
    this.#pending = false;
    return woken;
  }

  #sleep(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    const timer = setTimeout(done, timeoutMs);
    signal.addEventListener('abort', done);
    this.#waiter = done;
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      this.#waiter = undefined;
    });
  }
}
