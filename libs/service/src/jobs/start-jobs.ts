import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger, type Logger } from '@everyhop/telemetry';
import type { Pool } from 'pg';
import { JobOutages } from './job-outages.ts';
import type { Jobs } from './jobs.ts';
import { jobTask } from './run-job.ts';
import { startWorkers } from './start-workers.ts';

/** What runs which jobs, and how many at once. */
export interface JobsOptions {
  /** Two of its connections are kept for as long as jobs run. It must listen for errors, also of each connection. */
  pool: Pool;
  /** Which jobs to run: those registered. None: nothing is started. */
  jobs: Jobs;
  /** Default: silent. */
  logger?: Logger;
  /** Jobs run at once. Default 10: some may wait for a slow server, such as one for mail, for minutes. */
  concurrency?: number;
  /**
   * Milliseconds between looks for jobs that nothing announced. Default 300,000, and no job waits for it: adding one
   * wakes the workers, and so does the time of the next one.
   */
  pollMs?: number;
}

/** Milliseconds until workers that ended by themselves are started again, as when the database restarts. */
const restartDelayMs = 1000;

/**
 * Brings the schema `graphile_worker` up to date and runs jobs until `stop()`, which lets those that run finish.
 * Rejects when the database cannot be reached now; later outages are waited out.
 */
export async function startJobs({
  pool,
  jobs,
  logger = silentLogger,
  concurrency = 10,
  pollMs = 300_000,
}: JobsOptions): Promise<{ stop(): Promise<void> }> {
  if (jobs.handlers.size === 0) return { stop: async () => {} };
  const outages = new JobOutages(logger, jobs.paused);
  const tasks = Object.fromEntries(
    [...jobs.handlers.values()].map((handler) => [handler.name, jobTask(handler, logger, outages)]),
  );
  const start = () => startWorkers(tasks, { pool, logger, concurrency, pollMs });

  const stopping = new AbortController();
  let runner: Awaited<ReturnType<typeof start>> | undefined = await start();
  const keepRunning = async () => {
    while (!stopping.signal.aborted) {
      try {
        runner ??= await start();
        if (stopping.signal.aborted) await runner.stop();
        else await runner.promise;
      } catch (err) {
        logger.warn({ err }, 'the job workers ended and will be started again');
      }
      runner = undefined;
      await delay(restartDelayMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const running = keepRunning();
  return {
    async stop() {
      stopping.abort();
      // It rejects when the workers have just ended by themselves.
      await runner?.stop().catch(() => {});
      await running;
    },
  };
}
