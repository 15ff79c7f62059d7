import type { Interceptor } from '@everyhop/outbox';
import { trace, type Attributes } from '@opentelemetry/api';
import { sql } from 'kysely';
import type { Delivery, Handler, Returned } from './handler.ts';

/** One try of a handler, as it goes through the interceptors. */
export interface HandleInput<T = any> {
  handler: Handler<T>;
  /** The event's data. */
  data: T;
  delivery: Delivery;
}

/**
 * Runs around each try of each handler, retries and replays included, within its transaction, span and time-out. What it
 * resolves to is published instead of what the handler returns; what it throws fails the try.
 */
export type HandleInterceptor = Interceptor<HandleInput, Returned>;

/**
 * Takes the lock that `nameOf` names, in all instances and databases' sessions, from before the handler runs to the end of
 * its transaction; none for `undefined`. `lockBy(({ handler }) => handler.id)`: a handler runs once at a time. As the
 * events of a batch share a transaction, others wait for the whole batch.
 */
export const lockBy =
  (nameOf: (input: HandleInput) => string | undefined): HandleInterceptor =>
  async (input, next) => {
    const name = nameOf(input);
    if (name !== undefined)
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(input.delivery.tx);
    return next(input);
  };

/** Adds attributes to the span of the try: `spanAttributes(({ data }) => ({ 'app.tenant': data.tenant }))`. */
export const spanAttributes =
  (attributesOf: (input: HandleInput) => Attributes): HandleInterceptor =>
  async (input, next) => {
    trace.getActiveSpan()?.setAttributes(attributesOf(input));
    return next(input);
  };
