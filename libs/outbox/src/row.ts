import type { StoredHeaders } from './headers.ts';

/** A row of the table `outbox`, as the relay reads it. */
export interface OutboxRow {
  bucket: number;
  /** A bigint. Rows of a bucket leave in the order of their positions. */
  position: string;
  id: string;
  /** The topic. */
  aggregatetype: string;
  /** The key. */
  aggregateid: string;
  type: string;
  payload: Buffer | null;
  source: string;
  /** In ms since 1970. */
  time: number;
  /** A bigint. */
  sequence: string;
  correlationid: string;
  causationid: string | null;
  traceparent: string | null;
  tracestate: string | null;
  /** All headers of a record that is no event. */
  headers: StoredHeaders | null;
}
