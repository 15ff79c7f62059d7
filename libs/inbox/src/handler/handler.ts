import type { DomainEvent, EventMetadata, EventType } from '@everyhop/events';
import type { Duration, Logger } from '@everyhop/telemetry';
import type { Transaction } from 'kysely';

/** What a handler gets beside the event's data. */
export interface Delivery<DB = any> {
  /** The transaction in which the event is marked as handled: whatever is written here is written once. */
  tx: Transaction<DB>;
  /** The event's envelope. */
  event: EventMetadata;
  /** 1 at the first try. */
  attempt: number;
  /** Whether the event is handled again on purpose; what the handler returns is then not published again. */
  replay: boolean;
  /** Logs with the ids of the event and of the handler on each line. */
  logger: Logger;
  /**
   * Aborted when the handler should end: when the service stops (it may go on for five more seconds), or when the handler
   * has timed out, and `tx` is gone. Pass it on to what may take long.
   */
  signal: AbortSignal;
}

/** What has happened by handling: one event, several or none. They are published when the transaction commits. */
export type Returned = DomainEvent<any> | DomainEvent<any>[] | void;

/** A function that handles one event. Effects outside the database don't belong here: add a job in `tx`. */
export type Handle<T> = (data: T, delivery: Delivery) => Promise<Returned>;

/** How often a failing event is tried again, and after how long. */
export interface RetryPolicy {
  /** Tries in all, the first included; after the last the event is dead. Default: 10. */
  attempts: number;
  /** Tries at once, while the partition waits, before the event is parked. Default: 3. */
  inPlace: number;
  /** Before the second try; doubles from try to try, less up to a half at random. Default: 50 ms. */
  delay: Duration;
  /** The longest wait. Default: `'5m'`. */
  maxDelay: Duration;
}

/** What is done in the cases that need a decision. */
export interface HandlerPolicy {
  retry: RetryPolicy;
  /** What becomes of the events of the same key behind a dead one. Default: they `wait` for an operator. */
  afterDeath: 'wait' | 'continue';
  /** What becomes of an event before which another of its key is missing, or that comes too late. Default: `accept`. */
  onGap: 'accept' | 'park';
  /**
   * How long a try may take before it counts as failed: `tx` is rolled back, its connection given back, and `signal`
   * aborted. Default: `'60s'`.
   */
  timeout: Duration;
  /**
   * Whether it runs beside itself and other such handlers, for the events of different keys in one batch. They share a
   * transaction, so that locks keep nobody out: say so only of one that reads nothing that it then decides what to write
   * by. Default: `false`: the handlers of a batch run one after the other.
   */
  concurrent: boolean;
  /**
   * Whether past events may be handled again on purpose: say so only when that leaves the same data behind and has no
   * other effect, as with a read model. Default: `false`.
   */
  replayable: boolean;
}

/** The retry policy of a handler that sets none. */
export const defaultRetry: RetryPolicy = { attempts: 10, inPlace: 3, delay: 50, maxDelay: 300_000 };

/** What `@On` assumes; spread it into a `Handler` that is written by hand. */
export const defaultPolicy: HandlerPolicy = {
  retry: defaultRetry,
  afterDeath: 'wait',
  onGap: 'accept',
  timeout: 60_000,
  concurrent: false,
  replayable: false,
};

/** One subscription of a service. */
export interface Handler<T = any> extends HandlerPolicy {
  /**
   * Its name in the inbox: a contract. A handler under a new id handles again what is delivered again.
   * Default with `@On`: `Class.method`.
   */
  id: string;
  event: EventType<T>;
  handle: Handle<T>;
}
