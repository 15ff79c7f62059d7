import { setTimeout as delay } from 'node:timers/promises';
import type { Inbox } from '@everyhop/inbox';
import type { Logger } from '@everyhop/telemetry';
import { backoffMs } from '@everyhop/telemetry/internal';

const backoff = { first: '500ms', longest: '10s' } as const;

/**
 * Starts `inbox` in the background, again and again while Kafka is away, so that the service answers requests
 * meanwhile. The returned function stops it after the batch in hand.
 */
export function consume(inbox: Inbox, logger: Logger): () => Promise<void> {
  const stopping = new AbortController();
  const started = startWhenPossible(inbox, logger, stopping.signal);
  return async () => {
    stopping.abort();
    await started;
    await inbox.stop();
  };
}

async function startWhenPossible(inbox: Inbox, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await inbox.start();
    } catch (error) {
      const wait = backoffMs(attempt, backoff);
      logger.warn(
        { err: error, retryInMs: wait },
        'no events can be consumed yet: is Kafka up, are its topics there?',
      );
      await delay(wait, undefined, { signal }).catch(() => {});
    }
  }
}
