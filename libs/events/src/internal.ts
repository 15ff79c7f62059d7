/**
 * What only the other libraries and the tools need; it may change with any version. Without the generated events, which
 * may be what has to be repaired.
 */
export { type AvroSchema, avroType } from './avro.ts';
export { incompatibilities, unreadableNames, type SchemaVersion } from './compatibility.ts';
export { MAX_TEXT_BYTES } from './envelope.ts';
export { assertUnbroken } from './event.ts';
export { defaultAvroLimits, measurerOf } from './measure.ts';
export { readerOf } from './reader.ts';
