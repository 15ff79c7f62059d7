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
  try {
    const type = record.message.headers?.['ce_type']?.toString();
    const handlers = type === undefined ? undefined : subscriptions.get(type);
    if (type !== undefined && handlers === undefined) return [];
    const event = fromHeaders(record.message.headers ?? {});
    const data = await registry.decode(handlers![0]!.event, record.message.value);
    return handlers!.map((handler) => ({ ...record, handler, event, data }));
  } catch (reason) {
    if (reason instanceof InvalidEnvelope || reason instanceof Undecodable) return { ...record, reason };
    throw reason;
  }
}
