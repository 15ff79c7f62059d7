import { sql, type Kysely, type RawBuilder } from 'kysely';

/** What is counted one by one when a metric is read; what is more is estimated, so that to count it takes no time. */
export const countedExactly = 10_000;

const pageBytes = 8_192;
const sampledPages = 1_000;

/** `table`, or some of it, chosen at random: so many of its pages as can be read while a metric is waited for. */
export const sampleOf = (table: string) => sql`
  ${sql.table(table)} tablesample system (${percentOf(table)})`;

/** By how much what is counted in `sampleOf(table)` is to be multiplied. */
export const scaleOf = (table: string) => sql`(100 / ${percentOf(table)})`;

const percentOf = (table: string) => sql`
  least(100, 100.0 * ${sql.lit(sampledPages * pageBytes)} / greatest(pg_relation_size(${sql.lit(table)}), 1))`;

/**
 * The rows of `query`, for which Postgres reads tables by their indexes, whatever it thinks of them: of a backlog that has
 * just come to be it does not know yet that there is one.
 */
export async function readByIndex<T>(db: Kysely<any>, query: RawBuilder<T>): Promise<T[]> {
  const ways = ['seqscan', 'bitmapscan', 'sort'].map(
    (way) => sql`set_config(${`enable_${way}`}, 'off', true)`,
  );
  return db.transaction().execute(async (tx) => {
    await sql`select ${sql.join(ways)}`.execute(tx);
    return (await query.execute(tx)).rows;
  });
}
