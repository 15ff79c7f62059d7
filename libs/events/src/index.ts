export {
  type EventMetadata,
  fromHeaders,
  InvalidEnvelope,
  type MessageHeaders,
  toHeaders,
} from './envelope.ts';
export { defineEvent, type DomainEvent, type EventDefinition, type EventType } from './event.ts';
export * from './generated/index.ts';
export { InvalidEvent } from './invalid-event.ts';
export { type AvroLimits } from './measure.ts';
