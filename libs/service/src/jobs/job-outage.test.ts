/**
 * What would go wrong: a process that is killed keeps its job's lock, and Graphile Worker leaves such a job alone for
 * four hours; a database that restarts ends the workers, or even the process, and nobody starts them again.
 */
import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { pino } from 'pino';
import { openPool } from '../database/open-pool.ts';
import { Job, Jobs, jobsOf, startJobs } from './index.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await testDatabase();
  cleanups.push(() => database.drop());
  return database;
}

/** A job that runs until it is let go. */
class Gate {
  entered = 0;
  readonly #opened = Promise.withResolvers<void>();

  @Job('pass')
  async pass(): Promise<void> {
    this.entered++;
    await this.#opened.promise;
  }

  open(): void {
    this.#opened.resolve();
  }
}

/** Workers with connections of their own, as those of another process. */
async function startWorkers(database: TestDatabase) {
  const gate = new Gate();
  const jobs = new Jobs(jobsOf(gate));
  const pool = openPool(database.url, 'workers', pino({ level: 'silent' }));
  const workers = await startJobs({ pool, jobs, concurrency: 1 });
  cleanups.push(async () => {
    gate.open();
    await workers.stop();
    await pool.end();
  });
  return {
    gate,
    stop: workers.stop,
    add: () => database.db.transaction().execute((tx) => jobs.add(tx, 'pass', {})),
    entered: (times: number) => waitUntil(`the job was entered ${times} times`, () => gate.entered === times),
  };
}

async function jobCount({ pool }: TestDatabase): Promise<number> {
  return (await pool.query('select from graphile_worker.jobs')).rowCount!;
}

test('a job of a killed process is run by the next one to start', async () => {
  const database = await emptyDatabase();
  const other = spawn(
    process.execPath,
    ['--conditions=everyhop-source', '--input-type=module', '-e', processThatHangs],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  expect(String((await once(other.stdout, 'data'))[0])).toBe('entered\n');
  other.kill('SIGKILL');
  await once(other, 'exit');

  const { gate, entered } = await startWorkers(database);
  await entered(1);
  gate.open();
  await waitUntil('the job is done', async () => (await jobCount(database)) === 0);
});

const processThatHangs = `
  import pg from 'pg';
  import { Kysely, PostgresDialect } from 'kysely';
  import { Jobs, startJobs } from './index.ts';
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const hang = () => (console.log('entered'), new Promise(() => {}));
  const jobs = new Jobs([{ name: 'pass', maxAttempts: 25, run: hang }]);
  await startJobs({ pool, jobs });
  await db.transaction().execute((tx) => jobs.add(tx, 'pass', {}));`;

test('a job that another living process runs is left to it', async () => {
  const database = await emptyDatabase();
  const first = await startWorkers(database);
  await first.add();
  await first.entered(1);

  const second = await startWorkers(database);
  second.gate.open();
  await second.add();
  await second.entered(1);
  await waitUntil('the second job is done', async () => (await jobCount(database)) === 1);
  first.gate.open();
  await waitUntil('the first job is done', async () => (await jobCount(database)) === 0);
  expect(first.gate.entered + second.gate.entered).toBe(2);
});

test('workers survive the loss of every connection, and the job that ran meanwhile is not lost', async () => {
  const database = await emptyDatabase();
  const { add, gate, entered } = await startWorkers(database);
  await add();
  await entered(1);
  await database.pool.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'workers' and datname = current_database()`);
  gate.open();

  await waitUntil('the job is done', async () => (await jobCount(database)) === 0);
  await add();
  await waitUntil('the next one is done', async () => (await jobCount(database)) === 0);
});

test('stopping waits for the job that runs, and starts no other', async () => {
  const database = await emptyDatabase();
  const { add, gate, stop, entered } = await startWorkers(database);
  await add();
  await entered(1);
  const stopped = stop();
  await add();
  gate.open();
  await stopped;
  expect(gate.entered).toBe(1);
  expect(await jobCount(database)).toBe(1);
});
