import { setTimeout as delay } from 'node:timers/promises';

/**
 * Calls `act` `rate` times a second for `seconds`, whether or not earlier calls have ended; resolves when all have.
 */
export async function pace(
  rate: number,
  seconds: number,
  act: (n: number) => Promise<unknown>,
): Promise<void> {
  const start = performance.now();
  const acts: Promise<unknown>[] = [];
  while (acts.length < rate * seconds) {
    const due = Math.min(((performance.now() - start) * rate) / 1000, rate * seconds);
    while (acts.length < due) acts.push(act(acts.length));
    await delay(1);
  }
  await Promise.all(acts);
}
