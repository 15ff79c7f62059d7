import { toHeaders } from '@everyhop/events';
import type { OutgoingRecord, Producer } from '@everyhop/kafka';
import {
  contextOf,
  failSpan,
  fromTraceContext,
  startMessagingSpan,
  toTraceContext,
} from '@everyhop/telemetry';
import type { Span } from '@opentelemetry/api';
import type pg from 'pg';
import { fromStoredHeaders } from './headers.ts';

/**
 * Sends the next rows, at most `limit`, in the order of their positions, and removes them when the broker has
 * acknowledged them all. Returns how many. When sending fails they all stay, and are sent again: a consumer may
 * see an event twice, but never misses one and never sees one before its predecessor of the same key.
 */
export async function shipBatch(client: pg.Client, producer: Producer, limit: number): Promise<number> {
  const { rows } = await client.query({ name: 'outbox-next', text: selectNext, values: [limit] });
  if (rows.length === 0) return 0;
  const spans = rows.map(startSendSpan);
  try {
    await producer.send(rows.map((row, index) => toRecord(row, spans[index]!)));
  } catch (error) {
    for (const span of spans) failSpan(span, error);
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
  await client.query({ name: 'outbox-remove', text: remove, values: [rows.map(({ position }) => position)] });
  return rows.length;
}

const selectNext = 'select * from outbox order by position limit $1';
const remove = 'delete from outbox where position = any($1::bigint[])';

function startSendSpan({ id, aggregatetype, aggregateid, traceparent, tracestate }: any): Span {
  const parent = fromTraceContext({ traceparent, tracestate });
  return startMessagingSpan({
    operation: 'send',
    topic: aggregatetype,
    messageId: id,
    key: aggregateid,
    parent,
  });
}

function toRecord(row: any, span: Span): OutgoingRecord {
  return {
    topic: row.aggregatetype,
    key: row.aggregateid,
    value: row.payload,
    headers: headersOf(row, span),
  };
}

function headersOf(row: any, span: Span): OutgoingRecord['headers'] {
  if (row.headers) return fromStoredHeaders(row.headers);
  return {
    ...toHeaders({
      id: row.id,
      type: row.type,
      source: row.source,
      key: row.aggregateid,
      time: row.time,
      sequence: BigInt(row.sequence),
      correlationId: row.correlationid,
      causationId: row.causationid ?? undefined,
    }),
    ...toTraceContext(contextOf(span)),
  };
}
