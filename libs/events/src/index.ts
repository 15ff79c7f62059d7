export { type AvroSchema, avroType } from './avro.ts';
export { incompatibilities, type SchemaVersion } from './compatibility.ts';
export {
  type EventMetadata,
  fromHeaders,
  InvalidEnvelope,
  MAX_TEXT_BYTES,
  type MessageHeaders,
  toHeaders,
} from './envelope.ts';
export {
  assertUnbroken,
  defineEvent,
  type DomainEvent,
  type EventDefinition,
  type EventType,
} from './event.ts';
export * from './generated/index.ts';
export { InvalidEvent } from './invalid-event.ts';
export { type AvroLimits, defaultAvroLimits, measurerOf } from './measure.ts';
export { readerOf } from './reader.ts';
