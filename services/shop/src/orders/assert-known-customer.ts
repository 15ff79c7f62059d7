import { Problem } from '@everyhop/service';
import type { Kysely } from 'kysely';
import type { ShopDatabase } from '../database.ts';
import type { Customer } from './order-request.ts';

/** Throws a 422 problem when `customer` claims to be a user that there is not. */
export async function assertKnownCustomer(db: Kysely<ShopDatabase>, { customerId }: Customer): Promise<void> {
  if (!customerId) return;
  const user = await db.selectFrom('users').select('id').where('id', '=', customerId).executeTakeFirst();
  if (user) return;
  throw new Problem({
    status: 422,
    detail: 'The order is from a user that there is not.',
    errors: [{ pointer: '#/customer/customerId', detail: 'is not the id of a user' }],
  });
}
