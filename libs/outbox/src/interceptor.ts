import type { DomainEvent, EventMetadata } from '@everyhop/events';
import type { Transaction } from 'kysely';

/** Runs around something; `next` goes on to the next one, and in the end to the thing itself, with what it is given. */
export type Interceptor<Input, Result> = (
  input: Input,
  next: (input: Input) => Promise<Result>,
) => Promise<Result>;

/** One call of `publish`, as it goes through the interceptors. */
export interface PublishInput {
  events: DomainEvent<any>[];
  /** The transaction in which they are published. */
  tx: Transaction<any>;
  /** The event that led to them, where there is one. */
  cause?: EventMetadata;
}

/**
 * Runs around each call of `tx.publish`, in the order of the calls. What is thrown here fails the call. What a handler of
 * an inbox returns goes through the interceptors of handling instead.
 */
export type PublishInterceptor = Interceptor<PublishInput, void>;

/** Does `last` within `interceptors`, of which the first is the outermost. */
export function within<Input, Result>(
  interceptors: readonly Interceptor<Input, Result>[],
  input: Input,
  last: (input: Input) => Promise<Result>,
): Promise<Result> {
  const from = (at: number, input: Input): Promise<Result> =>
    at < interceptors.length ? interceptors[at]!(input, (next) => from(at + 1, next)) : last(input);
  return from(0, input);
}
