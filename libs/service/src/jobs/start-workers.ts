import { EventEmitter } from 'node:events';
import type { Logger } from '@everyhop/telemetry';
import { run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import { freeJobsOfDeadWorkers, proveLife } from './dead-workers.ts';
import { wakeWhenDue, type WakeWorkers } from './wake-when-due.ts';
import { workerLog } from './worker-log.ts';

/** What the workers run on, how many at once, and how often they look by themselves. */
export interface WorkerOptions {
  pool: Pool;
  logger: Logger;
  /** Jobs run at once. */
  concurrency: number;
  /** Milliseconds between looks for jobs that nothing announced. */
  pollMs: number;
}

/**
 * Brings Graphile Worker's schema up to date and starts workers. They end by `stop()`, and also by themselves when
 * the database fails them: await `promise`.
 */
export async function startWorkers(taskList: TaskList, options: WorkerOptions): Promise<Runner> {
  const { pool, logger, concurrency, pollMs } = options;
  const events: WorkerEvents = new EventEmitter();
  let stopping = false;
  events.on('pool:gracefulShutdown', () => void (stopping = true));
  events.on('pool:forcefulShutdown', () => void (stopping = true));
  // Workers that end don't take it.
  const wake: WakeWorkers = (workerPool) => void (stopping || workerPool.nudge(concurrency));

  wakeWhenDue(events, pool, pollMs, wake);
  events.on('resetLocked:started', ({ workerPool }) => {
    freeJobsOfDeadWorkers(pool).then(
      (any) => any && wake(workerPool),
      (err) => logger.warn({ err }, 'jobs of dead workers stay locked for now'),
    );
  });

  // What was added before they listened, also after the connection was lost, was announced to nobody. The event comes
  // right before LISTEN is sent.
  events.on('pool:listen:success', ({ workerPool, client }) =>
    queueMicrotask(() =>
      client.query('select').then(
        () => wake(workerPool),
        () => {},
      ),
    ),
  );

  const life = await pool.connect();
  let alive: Promise<void> | undefined;
  events.on('pool:create', ({ workerPool }) => {
    alive = proveLife(life, workerPool.id).then(async () => void (await freeJobsOfDeadWorkers(pool)));
  });
  try {
    const runner = await run({
      pgPool: pool,
      taskList,
      parsedCronItems: [],
      concurrency,
      pollInterval: pollMs,
      minResetLockedInterval: 60_000,
      maxResetLockedInterval: 90_000,
      noHandleSignals: true,
      logger: workerLog(logger),
      events,
      preset: {
        plugins: [{ name: 'everyhop-alive', worker: { hooks: { startWorker: () => alive } } }],
        // Unbatched, a completion that fails is an unhandled rejection and so the end of the process.
        worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    });
    const end = () => runner.stop().catch(() => {});
    alive?.catch(end);
    life.on('error', end);
    runner.promise.catch(() => {}).finally(() => life.release(true));
    return runner;
  } catch (error) {
    life.release(true);
    throw error;
  }
}
