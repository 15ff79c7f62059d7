import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
} from '@opentelemetry/api';
import { errorType } from './error-type.ts';

const tracer = trace.getTracer('everyhop');

/** What a messaging span says of its message, in the names of the OpenTelemetry semantic conventions for Kafka. */
export interface MessagingSpan {
  operation: 'create' | 'send' | 'process';
  topic: string;
  messageId?: string;
  key?: string;
  /** For `process`: the consumer group. */
  group?: string;
  /** For `process`: where the message lies. */
  partition?: number;
  offset?: string;
  /** The parent; the active context by default. */
  parent?: Context;
  links?: Link[];
  attributes?: Attributes;
}

const kinds = { create: SpanKind.PRODUCER, send: SpanKind.PRODUCER, process: SpanKind.CONSUMER };

/**
 * Starts a span `<operation> <topic>` after the messaging semantic conventions 1.40
 * (https://opentelemetry.io/docs/specs/semconv/messaging/kafka/). The caller ends it.
 */
export function startMessagingSpan({
  operation,
  topic,
  parent = context.active(),
  ...message
}: MessagingSpan): Span {
  const attributes: Attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
    'messaging.message.id': message.messageId,
    'messaging.kafka.message.key': message.key,
    'messaging.consumer.group.name': message.group,
    'messaging.destination.partition.id': message.partition?.toString(),
    'messaging.kafka.offset': message.offset === undefined ? undefined : Number(message.offset),
    ...message.attributes,
  };
  return tracer.startSpan(
    `${operation} ${topic}`,
    { kind: kinds[operation], links: message.links, attributes },
    parent,
  );
}

/** Runs `work` with `span` active and ends the span; what it throws is recorded on the span and thrown on. */
export async function withSpan<R>(span: Span, work: () => Promise<R>): Promise<R> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Runs `work` inside a new INTERNAL span called `name`, a child of `parent` (default: of the active span). */
export function inSpan<R>(
  name: string,
  work: () => Promise<R>,
  { attributes, parent = context.active() }: { attributes?: Attributes; parent?: Context } = {},
): Promise<R> {
  return withSpan(tracer.startSpan(name, { attributes }, parent), work);
}

/** Marks `span` as failed with `error`. */
export function failSpan(span: Span, error: unknown): void {
  span.setAttribute('error.type', errorType(error));
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : String(error),
  });
}

/** The context of `span`, to be stored or sent. */
export const contextOf = (span: Span): Context => trace.setSpan(context.active(), span);
