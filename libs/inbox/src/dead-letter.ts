import { appendToOutbox, toStoredHeaders, type OutboxEntry } from '@everyhop/outbox';
import type { Kysely } from 'kysely';
import { randomUUIDv7 } from 'node:crypto';
import { claimEvents } from './claim.ts';
import type { Source } from './item.ts';

/** Why a record is given up. */
export interface DeadLetter {
  record: Source;
  /** The id under which the inbox knows it: the event's, or where the record lay when it has none. */
  eventId: string;
  /** The handler that failed; `''` when the record can't be read at all. */
  handler: string;
  reason: unknown;
  attempts: number;
  /** When it first failed. */
  firstFailure: Date;
}

/** The topic of what `service` has given up. */
export const deadLetterTopic = (service: string): string => `${service}.dead-letter`;

/**
 * Gives up a record: in one transaction it is marked as dead and its original key, bytes and headers enter the
 * outbox for `<service>.dead-letter`, with the reason in further headers `dead_letter_*`.
 * Returns `false` when that had happened before.
 */
export async function deadLetter(db: Kysely<any>, service: string, letter: DeadLetter): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { handler, eventId } = letter;
    const isClaimed = await claimEvents(tx, [{ handler, eventId }], 'dead');
    if (!isClaimed({ handler, eventId })) return false;
    await appendToOutbox(tx, [toEntry(service, letter)]);
    return true;
  });
}

function toEntry(service: string, letter: DeadLetter): OutboxEntry {
  const { record, handler, reason, attempts, firstFailure } = letter;
  const { topic, partition, message } = record;
  const now = new Date();
  const why = reason instanceof Error ? reason : new Error(String(reason));
  const headers = toStoredHeaders({
    ...message.headers,
    dead_letter_reason: withCause(why),
    dead_letter_error: why.name,
    dead_letter_handler: handler,
    dead_letter_attempts: String(attempts),
    dead_letter_first_failure: firstFailure.toISOString(),
    dead_letter_time: now.toISOString(),
    dead_letter_source: `${topic}/${partition}/${message.offset}`,
  });
  return {
    id: randomUUIDv7(),
    topic: deadLetterTopic(service),
    key: message.key?.toString() ?? `${topic}/${partition}`,
    type: 'dead-letter',
    payload: message.value,
    source: service,
    time: now,
    correlationId: letter.eventId,
    headers,
  };
}

const withCause = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message}: ${cause.message}` : message;
