import { randomUUIDv7 } from 'node:crypto';
import { appendToOutbox, toStoredHeaders } from '@everyhop/outbox';
import type { Transaction } from 'kysely';
import type { Source } from './item.ts';
import { reasonOf, type Failure } from './park.ts';

/** The topic of what `service` has given up. */
export const deadLetterTopic = (service: string): string => `${service}.dead-letter`;

/** An event that is given up. */
export interface DeadLetter {
  record: Source;
  eventId: string;
  /** The handler that failed; `''` when the record can't be read at all. */
  handler: string;
  failure: Failure;
}

/**
 * Adds to the outbox, for `<service>.dead-letter`, the record's original key, bytes and headers, with the reason in
 * further headers `dead_letter_*`.
 */
export async function sendDeadLetter(
  tx: Transaction<any>,
  service: string,
  letter: DeadLetter,
): Promise<void> {
  const { record, handler, failure, eventId } = letter;
  const { topic, partition, message } = record;
  const now = new Date();
  const headers = toStoredHeaders({
    ...message.headers,
    dead_letter_reason: reasonOf(failure.error),
    dead_letter_error: failure.error instanceof Error ? failure.error.name : typeof failure.error,
    dead_letter_handler: handler,
    dead_letter_attempts: String(failure.attempts),
    dead_letter_first_failure: failure.firstFailure.toISOString(),
    dead_letter_time: now.toISOString(),
    dead_letter_source: `${topic}/${partition}/${message.offset}`,
  });
  const entry = {
    id: randomUUIDv7(),
    topic: deadLetterTopic(service),
    key: message.key?.toString() ?? `${topic}/${partition}`,
    type: 'dead-letter',
    payload: message.value,
    source: service,
    time: now,
    correlationId: eventId,
    headers,
  };
  await appendToOutbox(tx, [entry]);
}
