import { createHash } from 'node:crypto';
import type { Logger } from '@everyhop/telemetry';
import type { Kysely, Transaction } from 'kysely';
import { claimEvents, claimOf } from '../ledger/claim.ts';
import { sendDeadLetter, textKeyOf } from './dead-letter.ts';
import { sourceOf, traceOf, type Item, type Source, type Unreadable } from '../record/item.ts';
import { countEvents } from '../record/metrics.ts';
import { park, parkingOf, type Parking } from './park.ts';

/** In the place of a handler's id, for a record that no handler can be given. */
export const noHandler = '';

/**
 * Gives up a record that no handler can be given, or that `handler` can't do anything with: it is parked as dead,
 * holds up nobody, and goes to the dead-letter topic as it came. Its name in the inbox is the place where it lay and a
 * hash.
 */
export async function giveUpUnreadable(
  { reason, ...record }: Unreadable,
  { db, service, logger }: { db: Kysely<any>; service: string; logger: Logger },
  handler = noHandler,
): Promise<void> {
  const key = textKeyOf(record) ?? '';
  const claim = { handler, eventId: nameOf(record), key };
  const failure = { error: reason, attempts: 1, firstFailure: new Date() };
  await db.transaction().execute(async (tx) => {
    const [isClaimed] = await claimEvents(tx, [claim], 1);
    if (!isClaimed) return;
    logger.error(
      { err: reason, record: claim.eventId, trace_id: traceOf(record) },
      `a record can't be read: it is on ${service}.dead-letter`,
    );
    countEvents([{ handler: { id: handler } }], 'unreadable');
    await sendDeadLetter(tx, service, { ...claim, record, failure });
    await park(tx, [{ ...claim, record, failure, dead: { blocks: false } }]);
  });
}

/** Parks `items`, which could not be read before, in `tx`, and returns them; those that were handled are left out. */
export async function parkReadable(tx: Transaction<any>, items: Item[]): Promise<Parking[]> {
  const isFresh = await claimEvents(tx, items.map(claimOf), 1);
  const parkings = items.filter((_, index) => isFresh[index]).map(parkingOf);
  if (parkings.length > 0) await park(tx, parkings);
  return parkings;
}

// After a topic was made anew another record lies at the same place.
function nameOf(record: Source): string {
  const { timestamp, key, value } = record.message;
  const hash = createHash('sha256').update(timestamp ?? '');
  for (const bytes of [key, value]) hash.update(bytes ?? '');
  return `${sourceOf(record)}-${hash.digest('hex').slice(0, 16)}`;
}
