/** What only the other libraries need; it may change with any version. */
export { appendToOutbox, type OutboxEntry } from './append.ts';
export { bucketOf } from './bucket.ts';
export { encodeEvents, type EncodeOptions } from './encode.ts';
export { countedExactly, readByIndex, sampleOf, scaleOf } from './estimate.ts';
export { fromStoredHeaders, toStoredHeaders, type StoredHeaders } from './headers.ts';
export { within } from './interceptor.ts';
export { assertEvents } from './outbox.ts';
