import { createHash } from 'node:crypto';
import { Problem } from '@everyhop/service';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { ShopDatabase } from './database.ts';

/** Stands for what was asked for, however the JSON was written. */
export const hashOf = (request: object): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('hex');

// A Structured Field string (RFC 9651, 3.3.3), as draft-ietf-httpapi-idempotency-key-header has it, or the bare text.
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
const bare = /^[!#-~]+$/;

/** The header as the API's document describes it. */
export const idempotencyHeader = {
  name: 'Idempotency-Key',
  required: false,
  description: 'a new UUID for each new request, the same when it is sent again; in double quotes or without',
  schema: { type: 'string', pattern: '^("([ !#-\\[\\]-~]|\\\\["\\\\]){1,255}"|[!#-~]{1,255})$' },
} as const;

/**
 * The key that an `Idempotency-Key` header names: `"uuid"` in quotes and `uuid` are the same. Throws a 400 problem for
 * one that is malformed, is empty, or has more than 255 characters.
 */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const inside = quoted.exec(header)?.[1]?.replace(/\\(.)/g, '$1');
  const key = inside ?? (bare.test(header) ? header : '');
  if (key.length >= 1 && key.length <= 255) return key;
  const detail =
    'must be 1 to 255 ASCII characters in double quotes, or without quotes and spaces, such as a UUID';
  throw new Problem({
    status: 400,
    detail: `Idempotency-Key ${detail}.`,
    errors: [{ header: 'Idempotency-Key', detail }],
  });
}

/**
 * What was stored for the first request with `key`, which is waited for while it is served; `undefined` when this one
 * is the first. It is looked for before anything else is, as what was right then may be wrong by now. Throws a 422
 * problem when the first request asked for something else.
 */
export async function firstWithKey<Table extends 'orders' | 'users'>(
  tx: Transaction<ShopDatabase>,
  table: Table,
  key: string | undefined,
  hash: string,
): Promise<Selectable<ShopDatabase[Table]> | undefined> {
  if (key === undefined) return undefined;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${table} ${key}`}, 0))`.execute(tx);
  const { rows } = await sql<Selectable<ShopDatabase[Table]> & { request_hash: string | null }>`
    select * from ${sql.table(table)} where idempotency_key = ${key}`.execute(tx);
  const [first] = rows;
  if (first && first.request_hash !== hash)
    throw new Problem({
      status: 422,
      detail: 'This Idempotency-Key was used for another request. Repeat that request, or use a new key.',
      errors: [{ header: 'Idempotency-Key', detail: 'was used with another body' }],
    });
  return first;
}
