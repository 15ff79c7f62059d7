import { sql, type Transaction } from 'kysely';
import type { BillingDatabase } from './database.ts';

/**
 * Takes the next number of the year (UTC) of `now` in `tx`: `2026-000001`, `2026-000002`, … It is given back when
 * `tx` rolls back, so no number is ever missing; other takers wait until `tx` ends. `issuedAt` is `now`, or the
 * date of the number before if a slower transaction or another machine's clock was ahead.
 */
export async function takeInvoiceNumber(
  tx: Transaction<BillingDatabase>,
  now: Date,
): Promise<{ number: string; issuedAt: Date }> {
  const year = now.getUTCFullYear();
  const taken = await tx
    .insertInto('invoice_numbers')
    .values({ year, last: 1, last_issued_at: now })
    .onConflict((conflict) =>
      conflict.column('year').doUpdateSet({
        last: sql`invoice_numbers.last + 1`,
        last_issued_at: sql`greatest(invoice_numbers.last_issued_at, excluded.last_issued_at)`,
      }),
    )
    .returning(['last', 'last_issued_at'])
    .executeTakeFirstOrThrow();
  return { number: `${year}-${String(taken.last).padStart(6, '0')}`, issuedAt: taken.last_issued_at };
}
