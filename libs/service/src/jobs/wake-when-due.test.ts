/** What would go wrong: a job that is due waits beside idle workers until they look by themselves, five minutes later. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import type { Worker, WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { pino } from 'pino';
import { openPool } from '../database/open-pool.ts';
import { Jobs, startJobs } from './index.ts';
import { wakeWhenDue } from './wake-when-due.ts';

const hour = 3_600_000;
const cleanups: (() => unknown)[] = [];
let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
  cleanups.push(() => database.drop());
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('a job starts at its time also while one that was due before it runs', async () => {
  const pool = openPool(database.url, 'workers', pino({ level: 'silent' }));
  cleanups.push(() => pool.end());
  const gate = Promise.withResolvers<void>();
  const begun: number[] = [];
  const hold = async ({ n }: { n: number }) => (begun.push(n), gate.promise);
  const jobs = new Jobs([{ name: 'hold', maxAttempts: 1, run: hold }]);
  const workers = await startJobs({ pool, jobs, pollMs: hour });
  cleanups.push(() => workers.stop(), gate.resolve);

  const due = Date.now() + 1000;
  await database.db.transaction().execute(async (tx) => {
    for (const n of [1, 2, 3]) await jobs.add(tx, 'hold', { n }, { runAt: new Date(due + n * 500) });
  });
  await waitUntil('they run side by side', () => begun.length === 3);
  expect(begun).toEqual([1, 2, 3]);
});

test.each(['worker:getJob:empty', 'worker:getJob:error'] as const)(
  'workers look again when there was no connection to look with (%s)',
  async (event) => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1 });
    const last = await pool.connect();
    // Whoever wants another gets none, soon.
    pool.options.connectionTimeoutMillis = 100;
    cleanups.push(
      () => pool.end(),
      () => last.release(),
    );
    const events: WorkerEvents = new EventEmitter();
    let woken = 0;
    wakeWhenDue(events, pool, hour, () => woken++);
    (events as EventEmitter).emit(event, { worker: {} as Worker });
    await waitUntil('they are woken', () => woken === 1);
  },
);
