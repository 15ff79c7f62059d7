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
 * Runs around each try of each handler, retries and replays included, within its transaction, span and time-out. `next`
 * goes on to the next one, and in the end to the handler, with the input it is given, and resolves to what the handler
 * returns: what is resolved to here is published. What is thrown here fails the try.
 */
export type HandleInterceptor = (
  input: HandleInput,
  next: (input: HandleInput) => Promise<Returned>,
) => Promise<Returned>;

/** Handles `input` within `interceptors`, of which the first is the outermost. */
export function handleWithin(
  interceptors: readonly HandleInterceptor[],
  input: HandleInput,
): Promise<Returned> {
  const [outermost, ...inner] = interceptors;
  if (outermost) return outermost(input, (next) => handleWithin(inner, next));
  return input.handler.handle(input.data, input.delivery);
}

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
