import { isUtf8 } from 'node:buffer';
import { randomUUIDv7 } from 'node:crypto';
import { type MessageHeaders } from '@everyhop/events';
import { MAX_TEXT_BYTES } from '@everyhop/events/internal';
import { appendToOutbox, toStoredHeaders } from '@everyhop/outbox/internal';
import type { Transaction } from 'kysely';
import { sourceOf, type Source } from '../record/item.ts';
import { cutToBytes, reasonOf, type Failure } from '../handler/failure.ts';

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

// What a topic takes by default; a batch of one record is as large as the record and 61 bytes.
const mostBytes = 1_048_588;
const batchBytes = 61;
const longestVarint = 5;
const mostNameBytes = 200;
const leastReasonBytes = 200;

/**
 * Adds to the outbox, for `<service>.dead-letter`, the record's original key, bytes and headers, with the reason in
 * further headers `dead_letter_*`. A key that is no text that the outbox can hold is in `dead_letter_key`. The reason is
 * cut so that a topic takes all of it; where there is no room, the value and then the headers are left out, which
 * `dead_letter_omitted` says: what is parked has them.
 */
export async function sendDeadLetter(
  tx: Transaction<any>,
  service: string,
  letter: DeadLetter,
): Promise<void> {
  const { record, handler, failure, eventId } = letter;
  const { message } = record;
  const now = new Date();
  const textKey = textKeyOf(record);
  const key = textKey ?? `${record.topic}/${record.partition}`;
  const { error, attempts, firstFailure } = failure;
  const { headers, value } = fitted(key, message, {
    dead_letter_reason: reasonOf(error),
    dead_letter_error: cutToBytes(error instanceof Error ? String(error.name) : typeof error, mostNameBytes),
    dead_letter_handler: cutToBytes(handler, mostNameBytes),
    dead_letter_attempts: String(attempts),
    dead_letter_first_failure: firstFailure.toISOString(),
    dead_letter_time: now.toISOString(),
    dead_letter_source: sourceOf(record),
    dead_letter_key: textKey === undefined && message.key !== null ? message.key : undefined,
  });
  const entry = {
    id: randomUUIDv7(),
    topic: deadLetterTopic(service),
    key,
    type: 'dead-letter',
    payload: value,
    source: service,
    time: now,
    correlationId: eventId,
    headers: toStoredHeaders(headers),
  };
  await appendToOutbox(tx, [entry]);
}

/** As much of a record and of what is added to its headers as a topic takes. */
function fitted(
  key: string,
  { value, headers = {} }: Source['message'],
  added: MessageHeaders & { dead_letter_reason: string },
): { value: Buffer | null; headers: MessageHeaders } {
  const omitting = (dead_letter_omitted: string) => ({ ...added, dead_letter_omitted });
  const forms = [
    { value, headers: { ...headers, ...added } },
    { value: null, headers: { ...headers, ...omitting('value') } },
    { value: null, headers: omitting('value and headers') },
    { value: null, headers: { ...omitting('value, headers and key'), dead_letter_key: undefined } },
  ];
  const reason = added.dead_letter_reason;
  const least = Math.min(Buffer.byteLength(reason), leastReasonBytes);
  for (const form of forms) {
    const room = mostBytes - sizeOf(key, form.value, { ...form.headers, dead_letter_reason: '' });
    if (room < least && form !== forms.at(-1)) continue;
    return { ...form, headers: { ...form.headers, dead_letter_reason: cutToBytes(reason, room) } };
  }
  throw new Error('the last form always fits');
}

/** The most bytes that a batch of one record may have. */
function sizeOf(key: string, value: Buffer | null, headers: MessageHeaders): number {
  // Its length, attributes, time, offset, number of headers, and the lengths of key and value.
  let size = batchBytes + 6 * longestVarint + 1 + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const [name, values] of Object.entries(headers))
    for (const one of [values ?? ''].flat())
      size += 2 * longestVarint + Buffer.byteLength(name) + (isBytes(one) ? Buffer.byteLength(one) : 0);
  return size;
}

// kafkajs puts a header named as something that every object has, such as constructor, behind that thing.
const isBytes = (one: unknown): one is string | Buffer => typeof one === 'string' || Buffer.isBuffer(one);

/** A record's key; `undefined` when it has none, or one that is not UTF-8, has zero characters or is over-long. */
export function textKeyOf({ message: { key } }: Source): string | undefined {
  const isText = key && key.length <= MAX_TEXT_BYTES && isUtf8(key) && !key.includes(0);
  return isText ? key.toString() : undefined;
}
