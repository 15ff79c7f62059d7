import { setTimeout as delay } from 'node:timers/promises';
import { isOutage } from '@everyhop/inbox';
import type { LoggerService } from '@nestjs/common';

/** Milliseconds between tries; doubles up to the last. */
const wait = { min: 100, max: 3_200 };
const mostFailures = 7;

/**
 * Has `write` done also when the database is away for a while or a transaction fails: it notes what has happened
 * outside, and without the note that would be done again. Gives up when `signal` says that there is no more time, and
 * after seven failures that are no outage.
 */
export async function note<T>(
  write: () => Promise<T>,
  { logger, signal }: { logger: LoggerService; signal: AbortSignal | undefined },
): Promise<T> {
  for (let ms = wait.min, failures = 0; ; ms = Math.min(2 * ms, wait.max)) {
    try {
      return await write();
    } catch (error) {
      if (!isOutage(error)) failures++;
      if (failures === mostFailures || signal?.aborted) throw error;
      if (ms === wait.min) logger.warn({ err: error }, 'what became of a mail can not be noted yet');
      await delay(ms, undefined, { signal }).catch(() => {});
    }
  }
}
