import type { ClientBase, Pool } from 'pg';

/**
 * Tells other processes that the worker pool `id` lives, for as long as the connection of `client` does: the lock ends
 * with it, however the process ends.
 */
export async function proveLife(client: ClientBase, id: string): Promise<void> {
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [id]);
}

/**
 * Lets the jobs of worker pools that died be run again. Graphile Worker by itself waits four hours before it takes a
 * job from a process that was killed. Returns whether there were any.
 */
export async function freeJobsOfDeadWorkers(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(`
    select graphile_worker.force_unlock_workers(array_agg(locked_by))
    from (select distinct locked_by from graphile_worker.jobs where locked_by is not null) holders
    where pg_try_advisory_xact_lock(hashtextextended(locked_by, 0))
    having count(*) > 0`);
  return rowCount === 1;
}
