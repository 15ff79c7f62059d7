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

/** What the broker refused, oldest first. */
export async function listRefused(pool: pg.Pool): Promise<RefusedEvent[]> {
  const { rows } = await pool.query(`
    select id, aggregatetype as topic, aggregateid as key, type, refused as reason, time,
           (select count(*)::int from outbox b where b.bucket = o.bucket and b.aggregatetype = o.aggregatetype
              and b.aggregateid = o.aggregateid and b.position > o.position) as behind
    from outbox o where refused is not null order by position`);
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
