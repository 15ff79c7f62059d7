import { fromStoredHeaders, type StoredHeaders } from '@everyhop/outbox/internal';
import type { Claim } from '../ledger/claim.ts';
import { traceOf, type Source } from '../record/item.ts';

/** A row of `inbox_parked`, as far as it concerns the next try. */
export interface ParkedRow {
  position: string;
  handler: string;
  event_id: string;
  key: string;
  topic: string;
  partition: number;
  kafka_offset: string;
  record_key: Buffer | null;
  payload: Buffer | null;
  headers: StoredHeaders;
  attempts: number;
  /** How often it was begun, this time included, since it is known how a try of it ended. */
  begun: number;
  first_failure: Date | null;
  redriven_by: string | null;
}

/** The inbox's name for what is parked. */
export const claimOf = (row: ParkedRow): Claim => ({ handler: row.handler, eventId: row.event_id });

/** What tells the event in a log. */
export function logFieldsOf(row: ParkedRow) {
  const { handler, event_id, key } = row;
  return { handler, event_id, key, trace_id: traceOf(recordOf(row)) };
}

/** The record, as it came. */
export function recordOf(row: ParkedRow): Source {
  const message = {
    key: row.record_key,
    value: row.payload,
    headers: fromStoredHeaders(row.headers),
    offset: row.kafka_offset,
  };
  return { topic: row.topic, partition: row.partition, message };
}
