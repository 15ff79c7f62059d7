import { fromHeaders, InvalidEnvelope, type EventMetadata, type MessageHeaders } from '@everyhop/events';
import { Undecodable, type SchemaRegistry } from '@everyhop/kafka';
import type { Handler } from './handler.ts';

/** A record as it came, and where it lay. */
export interface Source {
  topic: string;
  partition: number;
  message: {
    offset: string;
    key: Buffer | null;
    value: Buffer | null;
    headers?: MessageHeaders;
    /** In ms since 1970; not known any more of one that was parked. */
    timestamp?: string;
    /** Why it is not to be handled, known from its bytes. */
    problem?: Error;
  };
}

/** `topic/partition/offset` of a record. */
export const sourceOf = ({ topic, partition, message }: Source): string =>
  `${topic}/${partition}/${message.offset}`;

/** One event for one handler: the unit that is handled once. */
export interface Item extends Source {
  handler: Handler;
  event: EventMetadata;
  data: unknown;
}

/** A record that no handler can be given. */
export interface Unreadable extends Source {
  reason: Error;
}

/** The handlers of a service by event type. */
export type Subscriptions = Map<string, Handler[]>;

/**
 * What `record` means for the service: an item for each handler of its type (none: nobody asked for it), or why it
 * can't be read. Throws only when that can't be known now, because the registry is away.
 */
export async function readRecord(
  record: Source,
  subscriptions: Subscriptions,
  registry: SchemaRegistry,
): Promise<Item[] | Unreadable> {
  const { headers = {}, value, problem } = record.message;
  if (problem) return { ...record, reason: problem };
  try {
    const types = typesOf(headers);
    if (types.length > 0 && !types.some((type) => subscriptions.has(type))) return [];
    const event = fromHeaders(headers);
    const handlers = subscriptions.get(event.type)!;
    const { event: type } = handlers[0]!;
    const data = await registry.decode(type, value);
    if (type.keyOf(data) !== event.key) throw new Undecodable('the key in its data is not its ce_subject');
    return handlers.map((handler) => ({ ...record, handler, event, data }));
  } catch (reason) {
    if (reason instanceof InvalidEnvelope || reason instanceof Undecodable) return { ...record, reason };
    throw reason;
  }
}

/** Each `ce_type`: of a record that has several, one may be meant for this service. */
const typesOf = (headers: MessageHeaders): string[] =>
  [headers['ce_type']].flat().flatMap((type) => type?.toString() ?? []);
