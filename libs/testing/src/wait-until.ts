import { setTimeout as delay } from 'node:timers/promises';

/**
 * Resolves with the first value of `probe` that is neither `undefined`, `null` nor `false`; asks again every
 * 20 ms. After `timeoutMs` (default 20 s) it rejects with `what` and the last error of `probe`, if it threw.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 20_000 }: { timeoutMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown;
  do {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false)
        return value as Exclude<T, undefined | null | false>;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await delay(20);
  } while (performance.now() < deadline);
  throw new Error(`waited ${timeoutMs} ms in vain until ${what}`, { cause: failure });
}
