import { sql, type Transaction } from 'kysely';
import { traceOf, type Item } from '../record/item.ts';

/** A handler's id and an event's: the unit that is handled once. */
export interface Claim {
  handler: string;
  eventId: string;
}

/** A claim as it is made: with what its trail is found by. */
export interface NewClaim extends Claim {
  key: string;
  /** Of an event that is a consequence of another. */
  correlationId?: string;
  /** 32 hex digits. */
  traceId?: string;
}

/** The inbox's name for an item, and what its trail is found by. */
export function claimOf(item: Item): NewClaim {
  const { id, key, correlationId } = item.event;
  return {
    handler: item.handler.id,
    eventId: id,
    key,
    correlationId: correlationId === id ? undefined : correlationId,
    traceId: traceOf(item),
  };
}

const nameOf = ({ handler, eventId }: Claim) => `${eventId} ${handler}`;
const columns = (claims: Claim[]) => sql`
  unnest(${sql.val(claims.map(({ handler }) => handler))}::text[],
         ${sql.val(claims.map(({ eventId }) => eventId))}::text[]) as claim (handler, event_id)`;

const newColumns = (claims: NewClaim[]) => {
  const column = (of: (claim: NewClaim) => unknown) => sql.val(claims.map((claim) => of(claim) ?? null));
  return sql`
    ${column((one) => one.handler)}::text[], ${column((one) => one.eventId)}::text[], ${column((one) => one.key)}::text[],
    ${column((one) => one.correlationId)}::text[], ${column((one) => one.traceId)}::uuid[]`;
};

/**
 * Marks the pairs as handled in `tx`, and says of each, in their order, whether it is this transaction's to handle:
 * `false` when it was handled before. Waits for a transaction that has claimed the same and is still open.
 */
export async function claimEvents(
  tx: Transaction<any>,
  claims: NewClaim[],
  attempt: number,
): Promise<boolean[]> {
  const { rows } = await sql<{ handler: string; event_id: string }>`/* prepared inbox-claim */
    insert into inbox (handler, event_id, key, correlation_id, trace_id, attempt)
    select *, ${attempt}::int from unnest(${newColumns(claims)})
    on conflict do nothing
    returning handler, event_id`.execute(tx);
  const claimed = new Set(rows.map((row) => nameOf({ handler: row.handler, eventId: row.event_id })));
  // Within one batch a pair may occur twice: the first occurrence gets the claim.
  return claims.map((claim) => claimed.delete(nameOf(claim)));
}

/**
 * Marks in `tx` what a handler is to handle again in a replay, and returns the ids of the events that are this
 * transaction's to handle: what was handled before the replay, once a replay. What is parked, dead or discarded is left alone. An
 * event that the inbox does not know was forgotten, if live handling has `passed` it; else it is live handling's.
 */
export async function claimAgain(
  tx: Transaction<any>,
  replay: { id: number },
  claims: (NewClaim & { passed: boolean })[],
  attempt: number,
): Promise<Set<string>> {
  const { rows } = await sql<{ event_id: string }>`
    with claim as (
      select * from unnest(${newColumns(claims)}, ${sql.val(claims.map(({ passed }) => passed))}::boolean[])
        as claim (handler, event_id, key, correlation_id, trace_id, passed)
    ), again as (
      insert into inbox (handler, event_id, key, correlation_id, trace_id, attempt, replay)
      select handler, event_id, key, correlation_id, trace_id, ${attempt}::int, ${replay.id}::int from claim
      where passed or exists (select from inbox where (inbox.handler, inbox.event_id) = (claim.handler, claim.event_id))
      on conflict (handler, event_id)
        do update set replay = excluded.replay, handled_at = now(), attempt = excluded.attempt
        where inbox.outcome = 'handled' and inbox.replay is distinct from excluded.replay
      returning inbox.handler, inbox.event_id, old.handled_at, old.attempt, old.replay
    ), before as (
      insert into inbox_history (handler, event_id, at, what, attempt, replay)
      select handler, event_id, handled_at, 'handled', attempt, replay from again where handled_at is not null
    )
    select event_id from again`.execute(tx);
  return new Set(rows.map((row) => row.event_id));
}

/** What became of a claimed event. */
export type Outcome = 'handled' | 'parked' | 'dead' | 'discarded';

/** Says what became of events that were claimed before, and at which try if that is another now. */
export async function setOutcome(
  tx: Transaction<any>,
  claims: Claim[],
  outcome: Outcome,
  attempt?: number,
): Promise<void> {
  if (claims.length === 0) return;
  await sql`
    update inbox set outcome = ${outcome}, handled_at = now(), attempt = coalesce(${attempt ?? null}, inbox.attempt)
    from ${columns(claims)}
    where inbox.handler = claim.handler and inbox.event_id = claim.event_id`.execute(tx);
}
