import type { DomainEvent, EventMetadata } from '@everyhop/events';
import type { SchemaRegistry } from '@everyhop/kafka';
import { inSpan } from '@everyhop/telemetry';
import type { Kysely, Transaction } from 'kysely';
import { appendToOutbox } from './append.ts';
import { encodeEvents, encodePayload } from './encode.ts';
import { NotAnEvent } from './errors.ts';
import { within, type PublishInterceptor } from './interceptor.ts';
import { inTransaction, keep } from '@everyhop/postgres';

/** A transaction that can publish: the events reach Kafka if and only if it commits. */
export type OutboxTransaction<DB> = Transaction<DB> & {
  /**
   * Publishes `events` in this order, and behind those of earlier calls. Validates and encodes them now, so that a bad
   * one fails here and not later; writers of the same key wait for each other from here to the end of the transaction.
   * What is not awaited is awaited before the commit, and fails the transaction when it fails.
   * Throws `SchemaNotRegistered`, `EventTooLarge`, `NotAnEvent`; `TransactionOver` after the end.
   */
  publish(...events: DomainEvent<any>[]): Promise<void>;
};

/** What an `Outbox` needs. */
export interface OutboxOptions<DB> {
  db: Kysely<DB>;
  registry: SchemaRegistry;
  /** `ce_source` of what is published: the name of the service. */
  source: string;
  /** Called after each commit of a transaction that published: `() => relay.wake()`. */
  onCommit?: () => void;
  /** Run around each call of `publish`, the first as the outermost. Default: none. */
  interceptors?: readonly PublishInterceptor[];
}

/** Publishes events inside business transactions; see `transaction`. A relay ships them. */
export class Outbox<DB = any> {
  readonly #options: OutboxOptions<DB>;

  constructor(options: OutboxOptions<DB>) {
    this.#options = options;
  }

  /**
   * Runs `work` in one transaction, which commits when `work` resolves and rolls back when it rejects.
   * `cause`: the event that led to this; what is published then continues its correlation.
   */
  async transaction<R>(
    work: (tx: OutboxTransaction<DB>) => Promise<R>,
    { cause }: { cause?: EventMetadata } = {},
  ): Promise<R> {
    const { db, registry, source, onCommit, interceptors = [] } = this.#options;
    let published = false;
    const result = await inSpan('transaction', () =>
      inTransaction(db, (tx) => {
        let before: Promise<unknown> = Promise.resolve();
        const append = async (events: DomainEvent<any>[]) => {
          assertEvents(events);
          const encoding = encodeEvents(events, { registry, source, cause });
          const encoded = Promise.allSettled([encoding, before]).then(() => encoding);
          before = encoded.catch(() => {});
          await appendToOutbox(tx, await encoded);
          published = true;
        };
        let calls: Promise<unknown> = Promise.resolve();
        const intercepted = (events: DomainEvent<any>[]) => {
          const run = () => within(interceptors, { events, tx, cause }, ({ events }) => append(events));
          const call = calls.then(run);
          calls = call.catch(() => {});
          return call;
        };
        const publish = (...events: DomainEvent<any>[]) => {
          const called = new Error();
          Error.captureStackTrace(called, publish);
          const work = interceptors.length > 0 ? intercepted : append;
          return keep(tx, () => work(events).catch((error) => throwFrom(called, error)));
        };
        return work(Object.assign(tx, { publish }));
      }),
    );
    if (published) onCommit?.();
    return result;
  }

  /**
   * Throws what publishing `events` would throw for their sake or the registry's. For what is to be announced after an
   * effect that can't be undone: check it before.
   */
  async check(...events: DomainEvent<any>[]): Promise<void> {
    assertEvents(events);
    await Promise.all(events.map((event) => encodePayload(event, this.#options.registry)));
  }
}

/** Throws `NotAnEvent` unless every value was made by an event constructor. */
export function assertEvents(values: unknown[]): asserts values is DomainEvent[] {
  for (const value of values) {
    if (typeof (value as Partial<DomainEvent> | null)?.eventType?.topic !== 'string')
      throw new NotAnEvent(value);
  }
}

// Who does not await it is found by nothing else.
function throwFrom({ stack }: Error, error: unknown): never {
  if (error instanceof Error) error.stack += `\n${stack!.slice(stack!.indexOf('\n') + 1)}`;
  throw error;
}
