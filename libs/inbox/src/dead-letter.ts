import { isUtf8 } from 'node:buffer';
import { randomUUIDv7 } from 'node:crypto';
import { MAX_TEXT_BYTES } from '@everyhop/events';
import { appendToOutbox, toStoredHeaders } from '@everyhop/outbox';
import type { Transaction } from 'kysely';
import { sourceOf, type Source } from './item.ts';
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
 * further headers `dead_letter_*`. A key that is no text that the outbox can hold is in `dead_letter_key`.
 */
export async function sendDeadLetter(
  tx: Transaction<any>,
  service: string,
  letter: DeadLetter,
): Promise<void> {
  const { record, handler, failure, eventId } = letter;
  const { message } = record;
  const now = new Date();
  const key = textKeyOf(record);
  const headers = toStoredHeaders({
    ...message.headers,
    dead_letter_reason: reasonOf(failure.error),
    dead_letter_error: failure.error instanceof Error ? failure.error.name : typeof failure.error,
    dead_letter_handler: handler,
    dead_letter_attempts: String(failure.attempts),
    dead_letter_first_failure: failure.firstFailure.toISOString(),
    dead_letter_time: now.toISOString(),
    dead_letter_source: sourceOf(record),
    dead_letter_key: key === undefined && message.key !== null ? message.key : undefined,
  });
  const entry = {
    id: randomUUIDv7(),
    topic: deadLetterTopic(service),
    key: key ?? `${record.topic}/${record.partition}`,
    type: 'dead-letter',
    payload: message.value,
    source: service,
    time: now,
    correlationId: eventId,
    headers,
  };
  await appendToOutbox(tx, [entry]);
}

/** A record's key; `undefined` when it has none, or one that is not UTF-8, has zero characters or is over-long. */
export function textKeyOf({ message: { key } }: Source): string | undefined {
  const isText = key && key.length <= MAX_TEXT_BYTES && isUtf8(key) && !key.includes(0);
  return isText ? key.toString() : undefined;
}
