import type { Duration } from '@everyhop/telemetry';
import { toMs } from '@everyhop/telemetry/internal';

/** Throw it in a handler when trying again can't help: the event is dead-lettered at once. */
export class Permanent extends Error {
  override readonly name = 'Permanent';
  readonly code = 'PERMANENT';
}

/** Throw it in a handler to be tried again after a delay of your choice. */
export class RetryAfter extends Error {
  override readonly name = 'RetryAfter';
  readonly code = 'RETRY_AFTER';
  /** In ms. */
  readonly delayMs: number;

  constructor(
    delay: Duration,
    message = `not now; again after ${typeof delay === 'number' ? `${delay} ms` : delay}`,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.delayMs = toMs(delay);
  }
}
