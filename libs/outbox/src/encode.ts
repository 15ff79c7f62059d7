import { type DomainEvent, type EventMetadata } from '@everyhop/events';
import { MAX_TEXT_BYTES } from '@everyhop/events/internal';
import type { SchemaRegistry } from '@everyhop/kafka';
import { contextOf, startMessagingSpan, toTraceContext } from '@everyhop/telemetry';
import type { OutboxEntry } from './append.ts';
import { EventTooLarge } from './errors.ts';

/** What `encodeEvents` needs to know beside the events. */
export interface EncodeOptions {
  registry: SchemaRegistry;
  /** `ce_source` of the events: the service that publishes them. */
  source: string;
  /** The event whose handling publishes these; without one each event starts a correlation of its own. */
  cause?: EventMetadata;
}

// Kafka's default limit of a record batch is 1,048,588 bytes; the rest is room for key and headers.
const maxPayloadBytes = 1_000_000;

/** Makes outbox entries of `events`: Avro bytes, and the context of a `create` span for each. */
export function encodeEvents(events: DomainEvent[], options: EncodeOptions): Promise<OutboxEntry[]> {
  return Promise.all(events.map((event) => encodeEvent(event, options)));
}

/** The Avro bytes of `event`; throws when the outbox or Kafka would not take it. */
export async function encodePayload(event: DomainEvent, registry: SchemaRegistry): Promise<Buffer> {
  const { type } = event.eventType;
  const payload = await registry.encode(event);
  if (payload.length > maxPayloadBytes) throw new EventTooLarge(type, payload.length, maxPayloadBytes);
  const keyBytes = Buffer.byteLength(event.key);
  if (keyBytes > MAX_TEXT_BYTES) throw new EventTooLarge(`the key of ${type}`, keyBytes, MAX_TEXT_BYTES);
  return payload;
}

async function encodeEvent(
  event: DomainEvent,
  { registry, source, cause }: EncodeOptions,
): Promise<OutboxEntry> {
  const { id, key, time } = event;
  const { topic, type } = event.eventType;
  const payload = await encodePayload(event, registry);
  const span = startMessagingSpan({ operation: 'create', topic, messageId: id, key });
  const traceContext = toTraceContext(contextOf(span));
  span.end();
  const correlationId = cause?.correlationId ?? id;
  return {
    id,
    topic,
    key,
    type,
    payload,
    source,
    time,
    correlationId,
    causationId: cause?.id,
    ...traceContext,
  };
}
