import type { DomainEvent, EventMetadata } from '@everyhop/events';
import type { Transaction } from 'kysely';

/** One call of `publish`, as it goes through the interceptors. */
export interface PublishInput {
  events: DomainEvent<any>[];
  /** The transaction in which they are published. */
  tx: Transaction<any>;
  /** The event that led to them, where there is one. */
  cause?: EventMetadata;
}

/**
 * Runs around each call of `tx.publish`, in the order of the calls. `next` goes on with the input it is given. What is
 * thrown here fails the call. What a handler of an inbox returns goes through the interceptors of handling instead.
 */
export type PublishInterceptor = (
  input: PublishInput,
  next: (input: PublishInput) => Promise<void>,
) => Promise<void>;

/** Publishes `input` by `last` within `interceptors`, of which the first is the outermost. */
export function publishWithin(
  interceptors: readonly PublishInterceptor[],
  input: PublishInput,
  last: (input: PublishInput) => Promise<void>,
): Promise<void> {
  const [outermost, ...inner] = interceptors;
  return outermost ? outermost(input, (next) => publishWithin(inner, next, last)) : last(input);
}
