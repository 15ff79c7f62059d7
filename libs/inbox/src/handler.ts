import type { DomainEvent, EventMetadata, EventType } from '@everyhop/events';
import type { Transaction } from 'kysely';

/** What a handler gets beside the event's data. */
export interface Delivery<DB = any> {
  /** The transaction in which the event is marked as handled: whatever is written here is written once. */
  tx: Transaction<DB>;
  /** The event's envelope. */
  event: EventMetadata;
  /** 1 at the first try. */
  attempt: number;
}

/** What has happened by handling: one event, several or none. They are published when the transaction commits. */
export type Returned = DomainEvent<any> | DomainEvent<any>[] | void;

/** A function that handles one event. Effects outside the database don't belong here: add a job in `tx`. */
export type Handle<T> = (data: T, delivery: Delivery) => Promise<Returned>;

/** How often a failing event is tried again in place before it is dead-lettered, and after how long. */
export interface RetryPolicy {
  /** Tries in all, the first included. Default: 5. */
  attempts: number;
  /** Before the second try, in ms; doubles from try to try, less up to a half at random. Default: 100. */
  delayMs: number;
  /** The longest wait, in ms. Default: 5,000. */
  maxDelayMs: number;
}

export const defaultRetry: RetryPolicy = { attempts: 5, delayMs: 100, maxDelayMs: 5_000 };

/** One subscription of a service. */
export interface Handler<T = any> {
  /**
   * Its name in the inbox: a contract. A handler under a new id handles again what is delivered again.
   * Default with `@On`: `Class.method`.
   */
  id: string;
  event: EventType<T>;
  handle: Handle<T>;
  retry: RetryPolicy;
}
