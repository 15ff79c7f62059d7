import {
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
} from '@opentelemetry/api';

/** A W3C trace context as it travels: in message headers, in an outbox row, in a job's payload. */
export interface TraceContext {
  traceparent?: string;
  tracestate?: string;
}

/** The given (default: the active) context in its travelling form; empty when nothing is traced. */
export function toTraceContext(from: Context = context.active()): TraceContext {
  const carrier: TraceContext = {};
  propagation.inject(from, carrier);
  return carrier;
}

/** The context that `carrier` carries, to be the parent of what happens next; the root context when it carries none. */
export function fromTraceContext(carrier: {
  [name in keyof TraceContext]: TraceContext[name] | null;
}): Context {
  return propagation.extract(ROOT_CONTEXT, carrier);
}

const ids = /^[\da-f]{2}-([\da-f]{32})-/;

/** The trace id in a `traceparent`, 32 hex digits; `undefined` when there is none in it. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return ids.exec(traceparent ?? '')?.[1];
}

/** The id of the active trace, 32 hex digits; `undefined` when nothing is traced. */
export function currentTraceId(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? active.traceId : undefined;
}
