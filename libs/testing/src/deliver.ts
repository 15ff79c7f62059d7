import type { DomainEvent, EventMetadata } from '@everyhop/events';
import type { Kysely, Transaction } from 'kysely';

type Returned = DomainEvent<any> | DomainEvent<any>[] | void;
type HandlerFunction<T> = (
  data: T,
  delivery: {
    tx: Transaction<any>;
    event: EventMetadata;
    attempt: number;
    replay: boolean;
    logger: Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;
    signal: AbortSignal;
  },
) => Promise<Returned>;

/**
 * Hands `event` to a handler as the inbox would: in a transaction of `db`, which commits when the handler returns
 * and rolls back when it throws. Returns the events that the handler returned, which the inbox would publish.
 *
 *     const [issued] = await deliver(db, (order, delivery) => invoicing.issueInvoice(order, delivery), OrderPlaced({…}));
 */
export async function deliver<T>(
  db: Kysely<any>,
  handler: HandlerFunction<T>,
  event: DomainEvent<T>,
  metadata: Partial<EventMetadata> = {},
): Promise<DomainEvent<any>[]> {
  const { id, key, time } = event;
  const envelope: EventMetadata = {
    id,
    key,
    time,
    type: event.eventType.type,
    source: 'test',
    sequence: 1n,
    correlationId: id,
    ...metadata,
  };
  const { signal } = new AbortController();
  const silent = () => {};
  const logger = { debug: silent, info: silent, warn: silent, error: silent };
  const returned = await db
    .transaction()
    .execute((tx) => handler(event.data, { tx, event: envelope, attempt: 1, replay: false, logger, signal }));
  return [returned ?? []].flat();
}
