import { isUtf8 } from 'node:buffer';

/** The envelope of an event as handlers see it; on the wire CloudEvents 1.0 in Kafka binary mode. */
export interface EventMetadata {
  /** `ce_id`: UUIDv7 of the event. */
  readonly id: string;
  /** `ce_type`: `shop.OrderPlaced`. */
  readonly type: string;
  /** `ce_source`: URI reference of the publishing service. */
  readonly source: string;
  /** `ce_subject`: the message key. */
  readonly key: string;
  /** `ce_time`: when it happened. */
  readonly time: Date;
  /** `ce_sequence`: place among the events of its key, from 1, without gaps. */
  readonly sequence: bigint;
  /** `ce_correlationid`: the same for everything that one request set off. */
  readonly correlationId: string;
  /** `ce_causationid`: id of the event whose handler published this one; absent when a request did. */
  readonly causationId?: string;
}

/** Headers as Kafka clients hand them out: text or its UTF-8 bytes, `null` for one without a value, an array when a name occurs twice. */
export interface MessageHeaders {
  readonly [name: string]: Buffer | string | null | (Buffer | string | null)[] | undefined;
}

/** A message whose headers are no envelope of ours: it can be dead-lettered, retrying does not help. */
export class InvalidEnvelope extends Error {
  override readonly name = 'InvalidEnvelope';
  readonly code = 'INVALID_ENVELOPE';
  /** The header that is missing or bad, `ce_id`. */
  readonly header: string;

  constructor(header: string, problem: string) {
    super(
      `The header ${header} ${problem}: not a CloudEvents 1.0 message in Kafka binary mode as Everyhop sends it.`,
    );
    this.header = header;
  }
}

// The sequence extension of CloudEvents asks for values that sort as text; the largest int64 has 19 digits.
const SEQUENCE_DIGITS = 19;
const SEQUENCE = /^\d{1,19}$/;
const MAX_SEQUENCE = 2n ** 63n - 1n;
const AVRO = /^application\/avro\s*(;|$)/i;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** The most bytes of UTF-8 that a text of the envelope has, such as the key: longer ones can't be indexed by Postgres. */
export const MAX_TEXT_BYTES = 1_024;

/** The headers of a message that carries `metadata`; its value is Avro. */
export function toHeaders(metadata: EventMetadata): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/avro',
    ce_specversion: '1.0',
    ce_id: metadata.id,
    ce_type: metadata.type,
    ce_source: metadata.source,
    ce_subject: metadata.key,
    ce_time: metadata.time.toISOString(),
    ce_sequence: metadata.sequence.toString().padStart(SEQUENCE_DIGITS, '0'),
    ce_correlationid: metadata.correlationId,
  };
  if (metadata.causationId !== undefined) headers['ce_causationid'] = metadata.causationId;
  return headers;
}

/** Reads the envelope of a message; throws {@link InvalidEnvelope} that names the first missing or bad header. */
export function fromHeaders(headers: MessageHeaders): EventMetadata {
  const contentType = optional(headers, 'content-type');
  if (contentType !== undefined && !AVRO.test(contentType))
    throw new InvalidEnvelope('content-type', 'is not application/avro');
  const specversion = required(headers, 'ce_specversion');
  if (specversion !== '1.0') throw new InvalidEnvelope('ce_specversion', 'is not 1.0');
  const timestamp = required(headers, 'ce_time');
  const time = new Date(timestamp);
  if (!TIMESTAMP.test(timestamp) || Number.isNaN(time.getTime()))
    throw new InvalidEnvelope('ce_time', 'is not a timestamp of RFC 3339');
  const sequence = required(headers, 'ce_sequence');
  if (!SEQUENCE.test(sequence)) throw new InvalidEnvelope('ce_sequence', 'is not a whole number');
  if (BigInt(sequence) > MAX_SEQUENCE) throw new InvalidEnvelope('ce_sequence', `is above ${MAX_SEQUENCE}`);
  const causationId = optional(headers, 'ce_causationid');
  return {
    id: required(headers, 'ce_id'),
    type: required(headers, 'ce_type'),
    source: required(headers, 'ce_source'),
    key: required(headers, 'ce_subject'),
    time,
    sequence: BigInt(sequence),
    correlationId: required(headers, 'ce_correlationid'),
    ...(causationId !== undefined && { causationId }),
  };
}

function required(headers: MessageHeaders, name: string): string {
  const value = optional(headers, name);
  if (value === undefined) throw new InvalidEnvelope(name, 'is missing');
  if (value === '') throw new InvalidEnvelope(name, 'is empty');
  return value;
}

function optional(headers: MessageHeaders, name: string): string | undefined {
  const value = headers[name];
  if (Array.isArray(value)) throw new InvalidEnvelope(name, 'occurs more than once');
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' ? !value.isWellFormed() : !isUtf8(value))
    throw new InvalidEnvelope(name, 'is not UTF-8');
  const text = value.toString();
  // Postgres stores no zero character.
  if (text.includes('\0')) throw new InvalidEnvelope(name, 'has a zero character');
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES)
    throw new InvalidEnvelope(name, `is longer than ${MAX_TEXT_BYTES} bytes`);
  return text;
}
