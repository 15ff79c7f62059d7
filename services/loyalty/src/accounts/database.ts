import type { JSONColumnType } from 'kysely';
import type { Account, AccountEvent } from './account.ts';

/** Loyalty's tables, as migrations/ creates them. */
export interface LoyaltyDatabase {
  account_event: { customer_id: string; version: number; cause: string; event: JSONColumnType<AccountEvent> };
  account_snapshot: { customer_id: string; version: number; state: JSONColumnType<Account> };
}
