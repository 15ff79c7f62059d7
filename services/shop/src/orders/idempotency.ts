import { createHash } from 'node:crypto';
import { Problem } from '@everyhop/service';
import type { OrderRequest } from './order-request.ts';

/** Stands for what was asked for, however the JSON was written. */
export const hashOf = (request: OrderRequest): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('hex');

/** Throws a 400 problem when `key` is given but nothing that the shop would store. */
export function assertIdempotencyKey(key: string | undefined): void {
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return;
  const detail = 'must have 1 to 255 ASCII characters without spaces, such as a UUID';
  throw new Problem({
    status: 400,
    detail: `Idempotency-Key ${detail}.`,
    errors: [{ header: 'Idempotency-Key', detail }],
  });
}

/** Throws a 422 problem unless the request first sent with the same key asked for the same. */
export function assertSameRequest(first: { request_hash: string }, hash: string): void {
  if (first.request_hash === hash) return;
  throw new Problem({
    status: 422,
    detail: 'This Idempotency-Key was used for another order. Repeat that request, or use a new key.',
    errors: [{ header: 'Idempotency-Key', detail: 'was used with another body' }],
  });
}
