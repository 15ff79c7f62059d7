import { sql, type Kysely, type Transaction } from 'kysely';
import { type Account, type AccountEvent, emptyAccount, fold } from './account.ts';
import type { LoyaltyDatabase } from './database.ts';

/** After so many events the next reader gets a snapshot. */
export const snapshotEvery = 20;

/** How often a change is decided anew, when others change the account at the same time. */
const tries = 5;

/** An account, and how many events have made it. */
export interface VersionedAccount {
  version: number;
  account: Account;
}

/** Others have changed an account each time that it was tried to; the inbox tries again later. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict';
  readonly code = 'VERSION_CONFLICT';
}

/** The account of a customer: its snapshot, and what has happened since. Of one that nobody knows, version 0. */
export async function load(db: Kysely<LoyaltyDatabase>, customerId: string): Promise<VersionedAccount> {
  const snapshot = await db
    .selectFrom('account_snapshot')
    .select(['version', 'state'])
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  const since = await db
    .selectFrom('account_event')
    .select('event')
    .where('customer_id', '=', customerId)
    .where('version', '>', snapshot?.version ?? 0)
    .orderBy('version')
    .execute();
  const events = since.map(({ event }) => event);
  return {
    version: (snapshot?.version ?? 0) + events.length,
    account: fold(events, snapshot?.state ?? emptyAccount),
  };
}

/**
 * Adds `event`, which answers the event `cause`, behind the account's version `expected`. Resolves to false, having
 * written nothing, when another one has that place.
 */
export async function append(
  tx: Transaction<LoyaltyDatabase>,
  customerId: string,
  expected: number,
  { cause, event }: { cause: string; event: AccountEvent },
): Promise<boolean> {
  const row = { customer_id: customerId, version: expected + 1, cause, event: JSON.stringify(event) };
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('account_event')
    .values(row)
    .onConflict((conflict) => conflict.columns(['customer_id', 'version']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/**
 * Has `event` happen to the account of a customer, once for each `cause`. Resolves to what the account is then;
 * undefined when the cause was answered before. Throws `VersionConflict` when others are always faster.
 */
export async function change(
  tx: Transaction<LoyaltyDatabase>,
  customerId: string,
  cause: string,
  event: AccountEvent,
): Promise<VersionedAccount | undefined> {
  for (let n = 0; n < tries; n++) {
    if (await isAnswered(tx, customerId, cause)) return undefined;
    const { version, account } = await load(tx, customerId);
    if (!(await append(tx, customerId, version, { cause, event }))) continue;
    const changed = { version: version + 1, account: fold([event], account) };
    if (changed.version % snapshotEvery === 0) await keepSnapshot(tx, customerId, changed);
    return changed;
  }
  throw new VersionConflict(`account ${customerId} is changed by others all the time`);
}

async function isAnswered(
  tx: Transaction<LoyaltyDatabase>,
  customerId: string,
  cause: string,
): Promise<boolean> {
  const answer = await tx
    .selectFrom('account_event')
    .select('version')
    .where('customer_id', '=', customerId)
    .where('cause', '=', cause)
    .executeTakeFirst();
  return answer !== undefined;
}

async function keepSnapshot(
  tx: Transaction<LoyaltyDatabase>,
  customerId: string,
  { version, account }: VersionedAccount,
) {
  await tx
    .insertInto('account_snapshot')
    .values({ customer_id: customerId, version, state: JSON.stringify(account) })
    .onConflict((conflict) =>
      conflict
        .column('customer_id')
        .doUpdateSet(({ ref }) => ({ version: ref('excluded.version'), state: sql`excluded.state` }))
        .whereRef('account_snapshot.version', '<', 'excluded.version'),
    )
    .execute();
}
