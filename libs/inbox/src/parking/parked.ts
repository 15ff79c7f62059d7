import type { OutgoingRecord } from '@everyhop/kafka';
import { fromStoredHeaders, type StoredHeaders } from '@everyhop/outbox/internal';
import { toTraceContext } from '@everyhop/telemetry';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { recordActions, type Operator } from '../ledger/action.ts';
import { setOutcome, type Claim } from '../ledger/claim.ts';
import { promoteHeads } from './park.ts';

/** Which parked events are meant: those that fit everything that is given. */
export interface ParkedFilter {
  eventId?: string;
  key?: string;
  handler?: string;
  /** A part of the reason, any case. */
  reason?: string;
  state?: 'waiting' | 'dead';
  /** Parked at or after. */
  since?: Date;
  /** Parked before. */
  until?: Date;
}

/** A parked event, with its original record. */
export interface ParkedEvent {
  handler: string;
  eventId: string;
  key: string;
  state: 'waiting' | 'dead';
  /** Waits only because something of its key is parked before it. */
  behind: boolean;
  attempts: number;
  reason: string | null;
  parkedAt: Date;
  firstFailure: Date | null;
  nextAttemptAt: Date | null;
  topic: string;
  partition: number;
  offset: string;
  headers: OutgoingRecord['headers'];
  payload: Buffer | null;
}

/** The parked events that fit `filter`, line by line in their order; at most `limit`. */
export async function listParked(
  db: Kysely<any>,
  filter: ParkedFilter = {},
  limit = 100,
): Promise<ParkedEvent[]> {
  // Of each state by its index, so that the first of millions are found at once.
  const { rows } = await sql<Omit<ParkedEvent, 'headers'> & { headers: StoredHeaders }>`
    select handler, event_id as "eventId", key, state, state = 'waiting' and next_attempt_at is null as behind,
           attempts, reason, parked_at as "parkedAt", first_failure as "firstFailure",
           next_attempt_at as "nextAttemptAt", topic, partition, kafka_offset as "offset", headers, payload
    from unnest(array['waiting', 'dead']) as of (of_state), lateral (
      select * from inbox_parked where state = of_state and ${fits(filter)}
      order by handler, key, position limit ${limit}
    ) as listed
    order by handler, key, position limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, headers: fromStoredHeaders(row.headers) }));
}

/**
 * Has the parked events that fit tried again as soon as their turn comes, with all their tries before them, in
 * their original traces. Returns how many. Call `wake()` of the service's inbox to have it done at once.
 */
export async function redriveParked(
  db: Kysely<any>,
  filter: ParkedFilter,
  operator: Operator,
): Promise<number> {
  const action = toTraceContext().traceparent ?? null;
  const count = await db.transaction().execute(async (tx) => {
    const { rows } = await sql<Claim>`
      update inbox_parked
      set state = 'waiting', blocks = true, attempts = 0, begun = 0, next_attempt_at = null,
          redriven_by = ${action}
      where ${fits(filter)}
      returning handler, event_id as "eventId"`.execute(tx);
    await setOutcome(tx, rows, 'parked');
    await recordActions(tx, 'redrive', rows, operator);
    return rows.length;
  });
  await promoteHeads(db);
  return count;
}

/** Gives up the parked events that fit for good; what waits behind them goes on. Returns how many. */
export async function discardParked(
  db: Kysely<any>,
  filter: ParkedFilter,
  operator: Operator,
): Promise<number> {
  const count = await db.transaction().execute(async (tx) => {
    const { rows } = await sql<Claim>`
      delete from inbox_parked where ${fits(filter)} returning handler, event_id as "eventId"`.execute(tx);
    await setOutcome(tx, rows, 'discarded');
    await recordActions(tx, 'discard', rows, operator);
    return rows.length;
  });
  await promoteHeads(db);
  return count;
}

function fits({ eventId, key, handler, reason, state, since, until }: ParkedFilter): RawBuilder<boolean> {
  const conditions = [
    eventId !== undefined && sql`event_id = ${eventId}`,
    key !== undefined && sql`key = ${key}`,
    handler !== undefined && sql`handler = ${handler}`,
    reason !== undefined && sql`position(lower(${reason}) in lower(reason)) > 0`,
    state !== undefined && sql`state = ${state}`,
    since !== undefined && sql`parked_at >= ${since}`,
    until !== undefined && sql`parked_at < ${until}`,
  ];
  return sql<boolean>`${sql.join([sql`true`, ...conditions.filter((one) => one !== false)], sql` and `)}`;
}
