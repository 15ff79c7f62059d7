import { toHeaders } from '@everyhop/events';
import type { OutgoingRecord } from '@everyhop/kafka';
import { contextOf, fromTraceContext, startMessagingSpan, toTraceContext } from '@everyhop/telemetry';
import type { Span } from '@opentelemetry/api';
import { fromStoredHeaders } from './headers.ts';
import type { OutboxRow } from './row.ts';

/** Starts the `send` span of a row of the outbox, in the trace of the transaction that wrote it. */
export function startSendSpan({ id, aggregatetype, aggregateid, traceparent, tracestate }: OutboxRow): Span {
  const parent = fromTraceContext({ traceparent, tracestate });
  return startMessagingSpan({
    operation: 'send',
    topic: aggregatetype,
    messageId: id,
    key: aggregateid,
    parent,
  });
}

/** Says in the `send` span of `record` where it was sent. */
export function describeSending(span: Span, { sentTo }: OutgoingRecord): void {
  if (!sentTo || !span.isRecording()) return;
  span.setAttributes({
    'messaging.client.id': sentTo.clientId,
    'messaging.destination.partition.id': String(sentTo.partition),
    'server.address': sentTo.host,
    'server.port': sentTo.port,
  });
}

/** The record that a row of the outbox stands for; its receivers continue the trace at `span`. */
export function toRecord(row: OutboxRow, span: Span): OutgoingRecord {
  return {
    topic: row.aggregatetype,
    key: row.aggregateid,
    value: row.payload,
    headers: headersOf(row, span),
  };
}

function headersOf(row: OutboxRow, span: Span): OutgoingRecord['headers'] {
  if (row.headers) return fromStoredHeaders(row.headers);
  const envelope = toHeaders({
    id: row.id,
    type: row.type,
    source: row.source,
    key: row.aggregateid,
    time: new Date(row.time),
    sequence: BigInt(row.sequence),
    correlationId: row.correlationid,
    causationId: row.causationid ?? undefined,
  });
  return { ...envelope, ...toTraceContext(contextOf(span)) };
}
