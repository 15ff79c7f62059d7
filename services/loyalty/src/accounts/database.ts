import type { ColumnType } from 'kysely';
import type { Account, AccountEvent } from './account.ts';

/** Written as JSON text, read as what it says. */
type Json<T> = ColumnType<T, string, string>;

/** Loyalty's tables, as migrations/ creates them. */
export interface LoyaltyDatabase {
  account_event: { customer_id: string; version: number; cause: string; event: Json<AccountEvent> };
  account_snapshot: { customer_id: string; version: number; state: Json<Account> };
}
