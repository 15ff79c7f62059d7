import type pg from 'pg';

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
  pool: pg.Pool,
  { eventId, topic, key, reason }: RefusedFilter = {},
  limit?: number,
): Promise<RefusedEvent[]> {
  // What waits behind all of them is counted in one pass: there is no index of keys.
  const { rows } = await pool.query(
    `
    with listed as (
      select * from outbox
      where refused is not null
        and ($1::text is null or id::text = $1)
        and ($2::text is null or aggregatetype = $2)
        and ($3::text is null or aggregateid = $3)
        and ($4::text is null or position(lower($4) in lower(refused)) > 0)
      order by position limit $5
    ), behind as (
      select listed.position, count(*)::int as count
      from listed join outbox b using (bucket, aggregatetype, aggregateid)
      where b.position > listed.position
      group by listed.position
    )
    select id, aggregatetype as topic, aggregateid as key, type, refused as reason, time,
           coalesce(behind.count, 0) as behind
    from listed left join behind using (position) order by position`,
    [eventId, topic, key, reason, limit],
  );
  return rows;
}

/** Has refused events sent again, e.g. after the topic's limit was raised. Returns how many; then wake the relay. */
export async function redriveRefused(pool: pg.Pool, ids: string[]): Promise<number> {
  const again = 'update outbox set refused = null where refused is not null and id = any($1::uuid[])';
  return (await pool.query(again, [ids])).rowCount ?? 0;
}

/** Gives up refused events for good; what waits behind them is sent. Returns how many; then wake the relay. */
export async function discardRefused(pool: pg.Pool, ids: string[]): Promise<number> {
  const gone = 'delete from outbox where refused is not null and id = any($1::uuid[])';
  return (await pool.query(gone, [ids])).rowCount ?? 0;
}
