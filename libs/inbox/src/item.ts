import { fromHeaders, InvalidEnvelope, type EventMetadata, type MessageHeaders } from '@everyhop/events';
import { RegistryUnavailable, Undecodable, UnknownSchema, type SchemaRegistry } from '@everyhop/kafka';
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
  /** Why `data` could not be read so far: each try to handle the event tries that, too. */
  unread?: Error;
}

/** A record that no handler can be given. */
export interface Unreadable extends Source {
  reason: Error;
}

/** The handlers of a service by event type. */
export type Subscriptions = Map<string, Handler[]>;

/** Whether `error` says that a record can't be read, and that trying again is of no use. */
export const isUnreadable = (error: unknown): error is InvalidEnvelope | Undecodable =>
  error instanceof InvalidEnvelope || (error instanceof Undecodable && !(error instanceof UnknownSchema));

/**
 * What `record` means for the service: an item for each handler of its type (none: nobody asked for it), or why it
 * can't be read. What may be readable later, as the registry is away or does not know its schema, is an item, too.
 */
export async function readRecord(
  record: Source,
  subscriptions: Subscriptions,
  registry: Pick<SchemaRegistry, 'decode'>,
): Promise<Item[] | Unreadable> {
  try {
    const type = record.message.headers?.['ce_type']?.toString();
    const handlers = type === undefined ? undefined : subscriptions.get(type);
    if (type !== undefined && handlers === undefined) return [];
    const event = fromHeaders(record.message.headers ?? {});
    const read = await dataOf(registry, handlers![0]!, record);
    return handlers!.map((handler) => ({ ...record, handler, event, ...read }));
  } catch (reason) {
    if (isUnreadable(reason)) return { ...record, reason };
    throw reason;
  }
}

async function dataOf(
  registry: Pick<SchemaRegistry, 'decode'>,
  { event }: Handler,
  { message }: Source,
): Promise<Pick<Item, 'data' | 'unread'>> {
  try {
    return { data: await registry.decode(event, message.value) };
  } catch (error) {
    if (error instanceof UnknownSchema || error instanceof RegistryUnavailable)
      return { data: undefined, unread: error };
    throw error;
  }
}
