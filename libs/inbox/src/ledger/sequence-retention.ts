import type { Duration } from '@everyhop/telemetry';
import { toMs } from '@everyhop/telemetry/internal';
import { sql, type Kysely } from 'kysely';

const pagesAtOnce = 1_000;

/**
 * Forgets the keys of which nothing has come for `keep`, and returns how many; what comes of them then is a first event.
 * Reads the table once, some pages in each transaction: an index of the time would make each event more costly.
 */
export async function forgetKeys(db: Kysely<any>, keep: Duration): Promise<number> {
  let forgotten = 0;
  for (let from = 0; ; from += pagesAtOnce) {
    const { rows } = await sql<{ gone: number; isEnd: boolean }>`
      with gone as (
        delete from inbox_sequence
        where ctid >= ${`(${from},0)`}::tid and ctid < ${`(${from + pagesAtOnce},0)`}::tid
          and seen_at < now() - ${`${toMs(keep)} milliseconds`}::interval
        returning 1
      )
      select (select count(*)::int from gone) as gone,
             pg_relation_size('inbox_sequence') <= ${from + pagesAtOnce}::bigint * 8192 as "isEnd"`.execute(
      db,
    );
    forgotten += rows[0]!.gone;
    if (rows[0]!.isEnd) return forgotten;
  }
}
