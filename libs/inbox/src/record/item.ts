import { fromHeaders, InvalidEnvelope, type EventMetadata, type MessageHeaders } from '@everyhop/events';
import { RegistryUnavailable, Undecodable, UnknownSchema, type SchemaRegistry } from '@everyhop/kafka';
import { traceIdOf } from '@everyhop/telemetry';
import type { Handler } from '../handler/handler.ts';

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

/** The id of the trace that a record belongs to, 32 hex digits; `undefined` when it belongs to none. */
export const traceOf = ({ message }: Pick<Source, 'message'>): string | undefined =>
  traceIdOf(message.headers?.['traceparent']?.toString());

/** One event for one handler: the unit that is handled once. */
export interface Item extends Source {
  handler: Handler;
  event: EventMetadata;
  data: unknown;
  /** Why `data` could not be read so far: each try to handle the event tries that, too. */
  unread?: Error;
}

/** What tells it in a log, also where its span is not active. */
export const logFieldsOf = (item: Item) => ({
  handler: item.handler.id,
  event_id: item.event.id,
  correlation_id: item.event.correlationId,
  key: item.event.key,
  trace_id: traceOf(item),
});

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
  const { headers = {}, value, problem } = record.message;
  if (problem) return { ...record, reason: problem };
  try {
    const types = typesOf(headers);
    if (types.length > 0 && types.every((type) => isOfOthers(type, subscriptions))) return [];
    const event = fromHeaders(headers);
    const handlers = subscriptions.get(event.type);
    if (!handlers) throw new InvalidEnvelope('ce_type', 'is not spelled as the type that it seems to be');
    const read = await readData(registry, handlers[0]!, event, value);
    return handlers.map((handler) => ({ ...record, handler, event, ...read }));
  } catch (reason) {
    if (isUnreadable(reason)) return { ...record, reason };
    throw reason;
  }
}

/** Each `ce_type`: of a record that has several, one may be meant for this service. */
const typesOf = (headers: MessageHeaders): string[] =>
  [headers['ce_type']].flat().flatMap((type) => type?.toString() ?? []);

/** Whether `type` is one that nobody here has asked for; not if it is none, or a type of ours that is misspelled. */
function isOfOthers(type: string, subscriptions: Subscriptions): boolean {
  if (subscriptions.has(type)) return false;
  if (type.trim() === '' || type.includes('\ufffd')) return false;
  const normal = (text: string) => text.trim().toLowerCase();
  return ![...subscriptions.keys()].some((ours) => normal(ours) === normal(type));
}

async function readData(...record: Parameters<typeof dataOf>): Promise<Pick<Item, 'data' | 'unread'>> {
  try {
    return { data: await dataOf(...record) };
  } catch (error) {
    if (error instanceof UnknownSchema || error instanceof RegistryUnavailable)
      return { data: undefined, unread: error };
    throw error;
  }
}

/** The data of an event as its handlers see it. Throws `Undecodable`, `UnknownSchema` or `RegistryUnavailable`. */
export async function dataOf(
  registry: Pick<SchemaRegistry, 'decode'>,
  { event: type }: Handler,
  { key }: EventMetadata,
  value: Buffer | null,
): Promise<unknown> {
  const data = await registry.decode(type, value);
  if (type.keyOf(data) !== key) throw new Undecodable('the key in its data is not its ce_subject');
  return data;
}
