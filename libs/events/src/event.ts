import { randomUUIDv7 } from 'node:crypto';
import type avsc from 'avsc';
import { type AvroSchema, avroType } from './avro.ts';
import { InvalidEvent, problemsOf } from './invalid-event.ts';

/**
 * A kind of event under one name: call it to construct an event, pass it to subscribe.
 * The generated ones (`OrderPlaced`, …) share their name with the type of their data.
 */
export interface EventType<T> {
  /** Checks `data` against the schema and makes it an event that happened now; throws {@link InvalidEvent}. */
  (data: T): DomainEvent<T>;
  /** Short name, `OrderPlaced`. */
  readonly name: string;
  /** `shop.OrderPlaced`: full name of the Avro record, subject in the registry, `ce_type`. */
  readonly type: string;
  /** `shop.orders`. */
  readonly topic: string;
  /** Number of the newest schema: 1, 2, … */
  readonly version: number;
  readonly schema: AvroSchema;
  /** The compiled schema, see {@link avroType}. */
  readonly avro: avsc.Type;
  /** The message key: events of one key keep their order. */
  keyOf(data: T): string;
}

/** Something that happened, checked and ready to be published. */
export interface DomainEvent<T = unknown> {
  // any, so that a DomainEvent<OrderPlaced> is a DomainEvent.
  readonly eventType: EventType<any>;
  /** UUIDv7: unique, sorts by the millisecond. */
  readonly id: string;
  readonly time: Date;
  readonly key: string;
  readonly data: T;
}

/** Throws {@link InvalidEvent} when the data of `event` was changed since it was made, and can't be published any more. */
export function assertUnbroken({ eventType, key, data }: DomainEvent): void {
  const { avro, type } = eventType;
  if (!avro.isValid(data)) throw new InvalidEvent(type, problemsOf(avro, data));
  if (eventType.keyOf(data) !== key)
    throw new InvalidEvent(type, ['its key was changed after it was made: make another event']);
}

/** What {@link defineEvent} needs; for the events of `schemas/` it is generated. */
export interface EventDefinition<T> {
  /** `<owner>.<aggregate>`. */
  readonly topic: string;
  /** The string field of `T` that is the message key. */
  readonly key: keyof T & string;
  readonly version: number;
  readonly schema: AvroSchema;
}

/** Makes an {@link EventType} of a schema, and compiles it: define each event once, at module level. */
export function defineEvent<T>({ topic, key, version, schema }: EventDefinition<T>): EventType<T> {
  const type = `${schema.namespace}.${schema.name}`;
  const avro = avroType(schema);
  const keyOf = (data: T) => data[key] as string;

  const event = (data: T): DomainEvent<T> => {
    // Undeclared fields pass: a fact copied from a newer event must not fail here. They are not encoded.
    if (!avro.isValid(data)) throw new InvalidEvent(type, problemsOf(avro, data));
    const of = keyOf(data);
    if (!of) throw new InvalidEvent(type, [`${key}, the key, must be a string with a character`]);
    return { eventType, id: randomUUIDv7(), time: new Date(), key: of, data };
  };
  Object.defineProperty(event, 'name', { value: schema.name });
  const eventType: EventType<T> = Object.assign(event, { type, topic, version, schema, avro, keyOf });
  return eventType;
}
