export { PreparingClient, poolOptions } from '@everyhop/postgres';
export { appendToOutbox, type OutboxEntry } from './append.ts';
export { bucketOf } from './bucket.ts';
export { encodeEvents, type EncodeOptions } from './encode.ts';
export { countedExactly, readByIndex, sampleOf, scaleOf } from './estimate.ts';
export { EventTooLarge, NotAnEvent, NotYoursToEnd, TransactionOver } from './errors.ts';
export { fromStoredHeaders, toStoredHeaders, type StoredHeaders } from './headers.ts';
export { observeOutbox } from './observe.ts';
export { assertEvents, Outbox, type OutboxOptions, type OutboxTransaction } from './outbox.ts';
export {
  discardRefused,
  listRefused,
  redriveRefused,
  type RefusedEvent,
  type RefusedFilter,
} from './refused.ts';
export { Relay, type RelayOptions } from './relay.ts';
export { isOfTransaction } from './statements.ts';
export { inSavepoint, inTransaction, keep, lend } from './transaction.ts';

/** Folder of the SQL files that create the outbox's tables. */
export const outboxMigrations = new URL('../migrations/', import.meta.url);
