import { sql, type Kysely } from 'kysely';

/** A row of the outbox that the broker refused for good. */
export interface RefusedEvent {
  id: string;
  topic: string;
  key: string;
  type: string;
  reason: string;
  time: Date;
  /** Events of the same key that wait behind it. */
  behind: number;
}

/** Which refused events are meant: those that fit everything that is given. */
export interface RefusedFilter {
  eventId?: string;
  topic?: string;
  key?: string;
  /** A part of the reason, any case. */
  reason?: string;
}

/** What the broker refused and fits `filter`, oldest first; at most `limit`, by default all. */
export async function listRefused(
  db: Kysely<any>,
  { eventId, topic, key, reason }: RefusedFilter = {},
  limit?: number,
): Promise<RefusedEvent[]> {
  const conditions = [
    eventId !== undefined && sql`id::text = ${eventId}`,
    topic !== undefined && sql`aggregatetype = ${topic}`,
    key !== undefined && sql`aggregateid = ${key}`,
    reason !== undefined && sql`position(lower(${reason}) in lower(refused)) > 0`,
  ];
  const fits = sql.join([sql`refused is not null`, ...conditions.filter((one) => one !== false)], sql` and `);
  // What waits behind all of them is counted in one pass: there is no index of keys.
  const { rows } = await sql<RefusedEvent>`
    with listed as (
      select * from outbox where ${fits} order by position limit ${limit ?? null}
    ), behind as (
      select listed.position, count(*)::int as count
      from listed join outbox b using (bucket, aggregatetype, aggregateid)
      where b.position > listed.position
      group by listed.position
    )
    select id, aggregatetype as topic, aggregateid as key, type, refused as reason, time,
           coalesce(behind.count, 0) as behind
    from listed left join behind using (position) order by position`.execute(db);
  return rows;
}

/** Has refused events sent again, e.g. after the topic's limit was raised. Returns how many; then wake the relay. */
export async function redriveRefused(db: Kysely<any>, ids: string[]): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update outbox set refused = null where refused is not null and id = any(${sql.val(ids)}::uuid[])`.execute(
    db,
  );
  return Number(numAffectedRows);
}

/** Gives up refused events for good; what waits behind them is sent. Returns how many; then wake the relay. */
export async function discardRefused(db: Kysely<any>, ids: string[]): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from outbox where refused is not null and id = any(${sql.val(ids)}::uuid[])`.execute(db);
  return Number(numAffectedRows);
}
