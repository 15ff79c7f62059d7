import { storable } from '@everyhop/postgres';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { CrmDatabase } from './database.ts';
import { DeliveryUncertain, MailRefused } from './delivery-errors.ts';

/** An email as it is stored. */
export type Email = Selectable<CrmDatabase['emails']>;

/**
 * Notes that the email is about to be sent, unless it has been, or waits for an operator: then `undefined`. One whose
 * last try was interrupted may have been delivered by it: that counts, and when it happens for the `maxUncertain`th
 * time the state is `uncertain` instead of `sending`.
 */
export function beginToSend(
  tx: Transaction<CrmDatabase>,
  emailId: string,
  maxUncertain: number,
): Promise<Email | undefined> {
  const interrupted = sql<boolean>`state = 'sending'`;
  return tx
    .updateTable('emails')
    .set({
      state: sql`case when ${interrupted} and uncertain + 1 >= ${maxUncertain} then 'uncertain' else 'sending' end`,
      state_since: sql`now()`,
      tries: sql`tries + 1`,
      uncertain: sql`uncertain + (${interrupted})::int`,
    })
    .where('id', '=', emailId)
    .where('sent_at', 'is', null)
    .where('state', 'in', ['pending', 'sending'])
    .returningAll()
    .executeTakeFirst();
}

/** Notes that the mail server has accepted the email; false when that is known already. */
export async function noteSent(tx: Transaction<CrmDatabase>, { id }: Email, sentAt: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('emails')
    .set({ state: 'sent', state_since: sentAt, sent_at: sentAt, last_error: null })
    .where('id', '=', id)
    .where('sent_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Notes how this try failed. Returns the state that follows: `pending` when the email is to be tried again. */
export async function noteNotSent(
  tx: Transaction<CrmDatabase>,
  { id, tries, uncertain }: Email,
  error: Error,
  maxUncertain: number,
): Promise<Email['state']> {
  const now = uncertain + (error instanceof DeliveryUncertain ? 1 : 0);
  let state: Email['state'] = 'pending';
  if (error instanceof MailRefused) state = 'failed';
  else if (now >= maxUncertain) state = 'uncertain';
  await tx
    .updateTable('emails')
    .set({ state, state_since: sql`now()`, uncertain: now, last_error: storable(error.message) })
    .where('id', '=', id)
    // Not over what a later try has noted.
    .where('tries', '=', tries)
    .where('state', '=', 'sending')
    .execute();
  return state;
}
