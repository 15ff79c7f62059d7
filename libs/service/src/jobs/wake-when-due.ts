import type { Worker, WorkerEvents, WorkerPool } from 'graphile-worker';
import type { Pool } from 'pg';

// The view graphile_worker.jobs would read every job that waits; the table has an index for this question. The second
// of grace is for a job that fell due after the workers had looked.
const nextDue = `
  select extract(epoch from run_at - now()) * 1000 as wait
  from graphile_worker._private_jobs
  where is_available and run_at > now() - interval '1 second'
  order by priority, run_at
  limit 1`;

const shortestWaitMs = 20;
/** Shorter than the wait before any retry, and mostly longer than it takes to store that a job failed. */
const afterFailureMs = 1000;
/** How often to look after a failure, as nothing tells when it is stored. */
const looksAfterFailure = 5;

/** Lets the idle workers look for a job; nothing happens when they are ending. */
export type WakeWorkers = (workerPool: WorkerPool) => void;

/**
 * Wakes the workers when the next scheduled job is due: all of them, as one that finds none looks for the next. With
 * this the poll is only a safety net: an idle queue costs a few queries a minute, and a job still starts within
 * milliseconds of its time, or about a second after a failure to look.
 */
export function wakeWhenDue(
  events: WorkerEvents,
  pool: Pool,
  pollMs: number,
  wakeWorkers: WakeWorkers,
): void {
  let next: { at: number; timer: NodeJS.Timeout } | undefined;
  let looks = 0;
  let looking = false;
  let lookAgain = false;

  const wakeIn = (wait: number, { workerPool }: Worker) => {
    const at = performance.now() + wait;
    if (wait > pollMs || (next && next.at <= at)) return;
    clearTimeout(next?.timer);
    const wake = () => {
      next = undefined;
      wakeWorkers(workerPool);
    };
    // Nothing that ends waits for it.
    next = { at, timer: setTimeout(wake, wait).unref() };
  };

  const look = async (worker: Worker) => {
    try {
      const { rows } = await pool.query<{ wait: string }>(nextDue);
      if (rows[0]) wakeIn(Math.max(Number(rows[0].wait), shortestWaitMs), worker);
      if (looks-- > 0) wakeIn(afterFailureMs, worker);
    } catch {
      wakeIn(afterFailureMs, worker);
    }
  };

  // The workers find nothing side by side: all that did while one looked share the next look.
  events.on('worker:getJob:empty', async ({ worker }) => {
    lookAgain = true;
    if (looking) return;
    looking = true;
    while (lookAgain) {
      lookAgain = false;
      await look(worker);
    }
    looking = false;
  });
  events.on('job:error', ({ worker }) => {
    looks = looksAfterFailure;
    wakeIn(afterFailureMs, worker);
  });
  // By themselves they would look again at the next poll.
  events.on('worker:getJob:error', ({ worker }) => wakeIn(afterFailureMs, worker));
}
