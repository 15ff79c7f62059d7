import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 180_000;
const pauseMs = 50;

/**
 * Resolves when `health` does. Rejects with the rest of a sentence when the process ends first (`ended` resolves with
 * how, or with undefined when that was in order), when it takes more than 180 s, or when the signal aborts.
 */
export async function untilHealthy(
  health: () => Promise<unknown>,
  ended: Promise<string | undefined>,
  signal: AbortSignal,
): Promise<void> {
  let end: Error | undefined;
  const gone = ended.then((how) => (end = new Error(`${how ?? 'ended'} before it was ready`)));
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const asked = health().then(
      () => undefined,
      (problem: Error) => problem,
    );
    const problem = await Promise.race([gone, asked]);
    if (end) throw end;
    if (!problem) return;
    signal.throwIfAborted();
    if (Date.now() > deadline)
      throw new Error(`is not ready after ${patienceMs / 1000} s (${problem.message})`);
    await Promise.race([gone, delay(pauseMs)]);
  }
}
