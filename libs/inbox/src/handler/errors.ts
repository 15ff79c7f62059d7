/** Throw it in a handler when trying again can't help: the event is dead-lettered at once. */
export class Permanent extends Error {
  override readonly name = 'Permanent';
  readonly code = 'PERMANENT';
}

/** Throw it in a handler to be tried again after a delay of your choice. */
export class RetryAfter extends Error {
  override readonly name = 'RetryAfter';
  readonly code = 'RETRY_AFTER';
  readonly delayMs: number;

  /** `delay`: a number with a unit, `'250ms'`, `'30s'` or `'5m'`. */
  constructor(
    delay: `${number}${'ms' | 's' | 'm'}`,
    message = `not now; again after ${delay}`,
    options?: ErrorOptions,
  ) {
    super(message, options);
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(delay) ?? [];
    if (!unit) throw new TypeError(`RetryAfter('${delay}'): write a number and a unit, such as '30s'`);
    this.delayMs = Number(amount) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
  }
}
