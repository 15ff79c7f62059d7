/** What would go wrong: a job never settles, nobody is told, and its service can't be stopped. */
import { expect, test } from '@jest/globals';
import { testDatabase, waitUntil } from '@everyhop/testing';
import { pino } from 'pino';
import { openPool } from '../database/open-pool.ts';
import { Jobs, startJobs, type JobDelivery } from './index.ts';
import { JobStopped, watch } from './watch-job.ts';

test('a stop ends while a job hangs: it is told, not waited for any longer, and run again', async () => {
  const database = await testDatabase();
  const runs: JobDelivery[] = [];
  const hang = Promise.withResolvers<void>();
  const jobs = new Jobs([
    { name: 'hang', maxAttempts: 5, run: async (_, job) => (runs.push(job), hang.promise) },
  ]);
  const logger = pino({ level: 'silent' });
  const open = () => openPool(database.url, 'workers', logger);
  const pools = [open(), open()];
  try {
    const workers = await startJobs({ pool: pools[0]!, jobs });
    await database.db.transaction().execute((tx) => jobs.add(tx, 'hang', {}));
    await waitUntil('it hangs', () => runs.length === 1);
    await workers.stop();
    expect(runs[0]!.signal.aborted).toBe(true);
    // Its wait after a failure is over.
    await database.pool.query(`
      select graphile_worker.reschedule_jobs(array_agg(id), run_at => now()) from graphile_worker.jobs`);
    const next = await startJobs({ pool: pools[1]!, jobs });
    await waitUntil('it is run again', () => runs.length === 2, { timeoutMs: 20_000 });
    hang.resolve();
    await next.stop();
  } finally {
    for (const pool of pools) await pool.end();
    await database.drop();
  }
}, 60_000);

test('a job that goes on after its signal is given up, and one that ends by it is not', async () => {
  const stopping = new AbortController();
  const said: string[] = [];
  const logger = pino({}, { write: (line) => void said.push(line) });
  const options = { logger, signal: stopping.signal };
  const hanging = watch(new Promise(() => {}), 'hang', options);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  stopping.signal.addEventListener('abort', () => end());
  const ending = watch(ended, 'end', options);
  stopping.abort();
  await ending;
  await expect(hanging).rejects.toThrow(JobStopped);
  expect(said).toEqual([]);
});
