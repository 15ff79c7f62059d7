import type { ConsumedBatch } from '@everyhop/kafka';
import type { Kysely } from 'kysely';
import type { Logger } from '@everyhop/telemetry';
import { backoffMs, pause } from './backoff.ts';
import { handleTogether, type BatchResult } from './batch.ts';
import { deadLetter } from './dead-letter.ts';
import { Permanent, RetryAfter } from './errors.ts';
import type { HandleOptions } from './handle.ts';
import type { Item } from './item.ts';
import { isOutage } from './outage.ts';

/**
 * Handles one item in a transaction of its own, and tries again after its handler's backoff while it fails.
 * After the last try, or at once for `Permanent`, it is dead-lettered. Outages are not handled here: they throw.
 */
export async function handleAlone(
  db: Kysely<any>,
  item: Item,
  batch: Pick<ConsumedBatch, 'heartbeat' | 'signal'>,
  options: HandleOptions & { logger: Logger },
): Promise<BatchResult> {
  const { handler, event } = item;
  let firstFailure: Date | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await handleTogether(db, [item], attempt, options);
    } catch (error) {
      if (isOutage(error)) throw error;
      firstFailure ??= new Date();
      const fields = { err: error, handler: handler.id, event_id: event.id, key: event.key, attempt };
      if (error instanceof Permanent || attempt >= handler.retry.attempts) {
        options.logger.error(fields, `gave up an event: it is on ${options.service}.dead-letter`);
        const letter = {
          handler: handler.id,
          eventId: event.id,
          reason: error,
          attempts: attempt,
          firstFailure,
        };
        await deadLetter(db, options.service, { record: item, ...letter });
        return { handled: 0, duplicates: 0 };
      }
      const waitMs = error instanceof RetryAfter ? error.delayMs : backoffMs(attempt, handler.retry);
      options.logger.warn({ ...fields, retryInMs: waitMs }, 'handling failed; it is tried again');
      await pause(waitMs, batch);
    }
  }
}
