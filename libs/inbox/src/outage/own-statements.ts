import { randomUUIDv7 } from 'node:crypto';
import { inTransaction } from '@everyhop/postgres';
import { sql, type Kysely } from 'kysely';
import { claimEvents } from '../ledger/claim.ts';
import { sendDeadLetter } from '../parking/dead-letter.ts';
import type { Source } from '../record/item.ts';
import { blockedLines, park, promoteHeads } from '../parking/park.ts';
import { checkSequence } from '../record/sequence.ts';

/**
 * Does all that the inbox itself ever writes for an event (claims it, checks its place, parks it, tries it again, gives
 * it up), for one that does not exist, and leaves nothing behind. Throws what fails: then no event is to blame.
 */
export async function tryOwnStatements(
  db: Kysely<any>,
  service: string,
  { handler, topic, partition }: { handler: string; topic: string; partition: number },
): Promise<void> {
  const id = randomUUIDv7();
  const claim = { handler, eventId: id, key: id };
  const message = { offset: '0', key: Buffer.from(id), value: Buffer.from(id), headers: { ce_id: id } };
  const record: Source = { topic, partition, message };
  const failure = { error: new Error('tried out'), attempts: 1, firstFailure: new Date() };
  const done = new Error('all of it works');
  const trial = inTransaction(db, async (tx) => {
    await claimEvents(tx, [{ ...claim, correlationId: id, traceId: id }], 1);
    await checkSequence(tx, [{ topic, key: id, eventId: id, sequence: 1n }]);
    await park(tx, [{ ...claim, record, failure, retryInMs: 0 }]);
    await blockedLines(tx, [{ handler: { id: handler }, event: { key: id } }]);
    await promoteHeads(tx, [claim]);
    const own = sql`handler = ${handler} and event_id = ${id}`;
    await sql`select from inbox_parked where ${own} for update skip locked`.execute(tx);
    await sql`delete from inbox_parked where ${own}`.execute(tx);
    await sendDeadLetter(tx, service, { ...claim, record, failure });
    throw done;
  });
  await trial.catch((error: unknown) => {
    if (error !== done) throw error;
  });
}
