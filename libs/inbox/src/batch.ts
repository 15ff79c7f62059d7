import { appendToOutbox } from '@everyhop/outbox';
import type { Kysely } from 'kysely';
import { claimEvents, type Claim } from './claim.ts';
import { handleItem, type HandleOptions } from './handle.ts';
import type { Item } from './item.ts';

/** What `handleTogether` has done. */
export interface BatchResult {
  handled: number;
  /** Delivered again, and skipped. */
  duplicates: number;
}

/** The inbox's name for an item. */
export const claimOf = ({ handler, event }: Item): Claim => ({ handler: handler.id, eventId: event.id });

/**
 * Handles `items` in one transaction: claims them all, runs the handlers (of one key in order, of different keys
 * side by side on the one connection), adds what they returned to the outbox, commits. All of it happens or nothing.
 */
export async function handleTogether(
  db: Kysely<any>,
  items: Item[],
  attempt: number,
  options: HandleOptions,
): Promise<BatchResult> {
  return db.transaction().execute(async (tx) => {
    const isClaimed = await claimEvents(tx, items.map(claimOf));
    const fresh = items.filter((item) => isClaimed(claimOf(item)));
    const ofKeys = Map.groupBy(fresh, ({ event }) => event.key).values();
    const inOrder = async (ofKey: Item[]) => {
      const entries = [];
      for (const item of ofKey) entries.push(...(await handleItem(item, tx, attempt, options)));
      return entries;
    };
    // All have to end before the transaction may: a handler must not write into the connection's next one.
    const outcomes = await Promise.allSettled([...ofKeys].map(inOrder));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
    await appendToOutbox(
      tx,
      outcomes.flatMap((outcome) => (outcome as PromiseFulfilledResult<any>).value),
    );
    return { handled: fresh.length, duplicates: items.length - fresh.length };
  });
}
