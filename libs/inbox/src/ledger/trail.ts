import { sql, type Kysely, type RawBuilder } from 'kysely';

/** Whose trail is meant, one of: an event; all events of a key; an event and all that followed from it. */
export interface TrailOf {
  eventId?: string;
  key?: string;
  correlationId?: string;
}

/** Something that happened to an event in a service. */
export interface TrailEntry {
  at: Date;
  /**
   * - `handled`, `replayed`: with all its effects.
   * - `failed`: it is tried again; `parked`: so are those behind it, in time; without a reason it is one behind; `dead`: given up.
   * - `redriven`, `discarded`: by an operator.
   * - `unsent`: this service publishes it, but the broker has not taken it yet; `refused`: nor will it.
   */
  what:
    'handled' | 'replayed' | 'failed' | 'parked' | 'dead' | 'redriven' | 'discarded' | 'unsent' | 'refused';
  eventId: string;
  /** `null` when it is not about a handler, or the handler is not there any more. */
  type: string | null;
  handler: string | null;
  key: string | null;
  correlationId: string | null;
  /** Which try it was. */
  attempt: number | null;
  /** Of a failure; or what the operator said. */
  reason: string | null;
  /** The operator. */
  by: string | null;
  traceId: string | null;
}

/** All that happened in this service to the events of `of`, in the order of time; at most `limit`, the first ones. */
export async function readTrail(db: Kysely<any>, of: TrailOf, limit = 1_000): Promise<TrailEntry[]> {
  const { rows } = await sql<TrailEntry>`
    with event as (
      select handler, event_id, outcome, handled_at, attempt, replay, key,
             coalesce(correlation_id, event_id) as correlation_id, replace(trace_id::text, '-', '') as trace_id
      from inbox where ${fits(of, { eventId: 'event_id', key: 'key', correlationId: 'correlation_id' })}
    ), unsent as (
      select id::text as event_id, type, aggregateid as key, correlationid as correlation_id,
             split_part(traceparent, '-', 2) as trace_id, time as at, refused
      from outbox
      where headers is null and ${fits(of, { eventId: 'id::text', key: 'aggregateid', correlationId: 'correlationid' })}
    ), replay as (
      select id, by, why from inbox_replay
    ), happening (at, what, event_id, handler, type, key, correlation_id, attempt, reason, by, trace_id, n) as (
      select handled_at, case when event.replay is null then 'handled' else 'replayed' end, event_id, handler, null, key,
             correlation_id, attempt, why, by, trace_id, 3
      from event left join replay on replay.id = event.replay where outcome = 'handled'
      union all
      select at, case when history.replay is null then what else 'replayed' end, event_id, handler, null, event.key,
             correlation_id, history.attempt, coalesce(reason, why), by, trace_id, 1
      from event join inbox_history as history using (handler, event_id) left join replay on replay.id = history.replay
      union all
      select at, ${pastTense(sql`action`)}, event_id, handler, null, key, correlation_id, null, why, by, trace_id, 2
      from event join inbox_action using (handler, event_id)
      union all
      select at, case when refused is null then 'unsent' else 'refused' end, event_id, null, type, key, correlation_id,
             null, refused, null, trace_id, 1
      from unsent
      union all
      select at, ${pastTense(sql`action`)}, event_id, null, null, null, null, null, why, by, null, 2
      from inbox_action
      where handler is null and (event_id = ${of.eventId ?? null} or event_id in (select event_id from unsent))
    )
    select at, what, event_id as "eventId", handler, type, key, correlation_id as "correlationId", attempt, reason, by,
           trace_id as "traceId"
    from happening order by at, n limit ${limit}`.execute(db);
  return rows;
}

const pastTense = (action: RawBuilder<unknown>) =>
  sql`case ${action} when 'redrive' then 'redriven' else 'discarded' end`;

function fits(of: TrailOf, column: { eventId: string; key: string; correlationId: string }) {
  const is = (name: string, value: string) => sql`${sql.raw(name)} = ${value}`;
  if (of.eventId !== undefined) return is(column.eventId, of.eventId);
  if (of.key !== undefined) return is(column.key, of.key);
  return sql`(${is(column.correlationId, of.correlationId!)} or ${is(column.eventId, of.correlationId!)})`;
}
