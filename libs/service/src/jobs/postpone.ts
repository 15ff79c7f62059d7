import type { JobHelpers } from 'graphile-worker';

/**
 * Gives up the attempt at the job in hand as if it had not been made, to be made `waitMs` from now. The job has to throw
 * then, so that its worker takes the next one: what Graphile Worker would note about the failure finds no job of its own
 * any more. Its own functions leave a job that runs alone.
 */
export async function postpone({ job, query }: JobHelpers, waitMs: number, reason: string): Promise<void> {
  await query(
    `update graphile_worker._private_jobs
     set attempts = greatest(attempts - 1, 0), run_at = now() + $3 * interval '1 millisecond', last_error = $4,
         locked_at = null, locked_by = null
     where id = $1 and locked_by = $2`,
    [job.id, job.locked_by, waitMs, reason],
  );
}
