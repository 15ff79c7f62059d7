import { fromHeaders, toHeaders, type EventMetadata } from '@everyhop/events';
import { fromTraceContext, toTraceContext, type TraceContext } from '@everyhop/telemetry';
import type { Context } from '@opentelemetry/api';

/** What is stored as a job's payload: the author's payload, and where the job comes from. */
interface Envelope {
  payload: object;
  trace: TraceContext;
  cause?: Record<string, string>;
}

/** Wraps `payload` with the active trace context and the event that causes the job; JSON. */
export function seal(payload: object, cause: EventMetadata | undefined): string {
  const envelope: Envelope = { payload, trace: toTraceContext(), cause: cause && toHeaders(cause) };
  return JSON.stringify(envelope);
}

/** The inverse of {@link seal}; throws when the job was not added through `Jobs`. */
export function open(stored: unknown): {
  payload: object;
  parent: Context;
  cause: EventMetadata | undefined;
} {
  const { payload, trace, cause } = stored as Partial<Envelope>;
  if (!payload || !trace)
    throw new Error('The payload is not what Jobs.add() stores: add the job through it.');
  return { payload, parent: fromTraceContext(trace), cause: cause && fromHeaders(cause) };
}
