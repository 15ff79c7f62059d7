import { afterEach, expect, test } from '@jest/globals';
import type { EventMetadata } from '@everyhop/events';
import { currentLogFields } from '@everyhop/telemetry';
import { testDatabase, waitUntil } from '@everyhop/testing';
import { pino } from 'pino';
import { openPool } from '../database/open-pool.ts';
import {
  Job,
  Jobs,
  jobsOf,
  startJobs,
  type AddJobOptions,
  type JobDelivery,
  type JobsOptions,
} from './index.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Notes each run; the first `failures` of them fail. */
class Greeter {
  readonly runs: { payload: any; job: JobDelivery; logged: Record<string, string> }[] = [];
  failures = 0;

  @Job('greet', { maxAttempts: 7 })
  async greet(payload: { name: string }, job: JobDelivery): Promise<void> {
    this.runs.push({ payload, job, logged: currentLogFields() });
    if (this.runs.length <= this.failures) throw new Error('not in the mood');
  }

  async unmarked(): Promise<void> {}
}

/** Workers that run a greeter's jobs on a database of their own. */
async function start(options: Partial<JobsOptions> = {}) {
  const database = await testDatabase();
  cleanups.push(() => database.drop());
  const pool = openPool(database.url, 'workers', pino({ level: 'silent' }));
  cleanups.push(() => pool.end());
  const greeter = new Greeter();
  const jobs = new Jobs(jobsOf(greeter));
  const workers = await startJobs({ pool, jobs, ...options });
  cleanups.push(() => workers.stop());
  return {
    greeter,
    jobs,
    ...database,
    add: (name: string, payload: object, options?: AddJobOptions) =>
      database.db.transaction().execute((tx) => jobs.add(tx, name, payload, options)),
    runsOf: (count: number) => waitUntil(`${count} runs`, () => greeter.runs.length >= count),
    waiting: async () => (await database.pool.query('select * from graphile_worker.jobs')).rows,
  };
}

test('only marked methods are jobs', () => {
  const [greet, ...others] = jobsOf(new Greeter());
  expect(greet).toMatchObject({ name: 'greet', maxAttempts: 7 });
  expect(others).toEqual([]);
  expect(jobsOf({})).toEqual([]);
});

test('a job runs after its transaction has committed', async () => {
  const { greeter, jobs, db, pool, runsOf, waiting } = await start();
  await db.transaction().execute(async (tx) => {
    await jobs.add(tx, 'greet', { name: 'Ada' });
    const { rows } = await pool.query('select from graphile_worker.jobs');
    expect(rows).toHaveLength(0);
  });
  await runsOf(1);
  expect(greeter.runs[0]).toMatchObject({ payload: { name: 'Ada' }, job: { attempt: 1, cause: undefined } });
  await waitUntil('the job is gone', async () => (await waiting()).length === 0);
});

test('workers can be stopped at each moment of their start', async () => {
  const { pool } = await start();
  for (let moment = 0; moment < 150; moment++) {
    const { stop } = await startJobs({ pool, jobs: new Jobs(jobsOf(new Greeter())) });
    for (let turn = 0; turn < moment; turn++) await new Promise(setImmediate);
    await stop();
  }
});

test('a job of a rolled-back transaction never runs', async () => {
  const { greeter, jobs, db, add, runsOf } = await start();
  const rolledBack = db.transaction().execute(async (tx) => {
    await jobs.add(tx, 'greet', { name: 'nobody' });
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  await add('greet', { name: 'Ada' });
  await runsOf(1);
  expect(greeter.runs.map(({ payload }) => payload.name)).toEqual(['Ada']);
});

test('a job that no method is marked for fails its author', async () => {
  const { add } = await start();
  await expect(add('great', {})).rejects.toMatchObject({
    code: 'UNKNOWN_JOB',
    message: "No method is marked @Job('great') in this service; known jobs: greet.",
  });
});

test('two methods cannot be one job', () => {
  expect(() => new Jobs([...jobsOf(new Greeter()), ...jobsOf(new Greeter())])).toThrow(
    "Two methods are marked @Job('greet')",
  );
});

test('a scheduled job runs at its time and not by the poll', async () => {
  const { greeter, add, runsOf } = await start({ pollMs: 3_600_000 });
  const runAt = new Date(Date.now() + 1500);
  await add('greet', { name: 'later' }, { runAt });
  await add('greet', { name: 'now' });
  await runsOf(2);
  expect(Date.now()).toBeGreaterThanOrEqual(runAt.getTime());
  expect(greeter.runs.map(({ payload }) => payload.name)).toEqual(['now', 'later']);
});

test('an earlier job is not held up by a later one', async () => {
  const { greeter, add, runsOf } = await start({ pollMs: 3_600_000 });
  await add('greet', { name: 'tomorrow' }, { runAt: new Date(Date.now() + 86_400_000) });
  await add('greet', { name: 'next' }, { runAt: new Date(Date.now() + 2000) });
  await add('greet', { name: 'first' }, { runAt: new Date(Date.now() + 1000) });
  await runsOf(2);
  expect(greeter.runs.map(({ payload }) => payload.name)).toEqual(['first', 'next']);
});

test('a job added again under its key replaces the one that waits', async () => {
  const { greeter, add, runsOf, waiting } = await start();
  await add('greet', { name: 'old' }, { key: 'one', runAt: new Date(Date.now() + 86_400_000) });
  await add('greet', { name: 'new' }, { key: 'one' });
  await runsOf(1);
  expect(greeter.runs[0]!.payload.name).toBe('new');
  await waitUntil('the job is gone', async () => (await waiting()).length === 0);
});

test('a failing job is tried again after a while, with the reason kept meanwhile', async () => {
  const { greeter, add, runsOf, waiting } = await start({ pollMs: 3_600_000 });
  greeter.failures = 1;
  await add('greet', { name: 'Ada' });
  await waitUntil('it failed', async () => (await waiting())[0]?.last_error === 'not in the mood');
  expect((await waiting())[0]).toMatchObject({ attempts: 1, max_attempts: 7 });
  await runsOf(2);
  expect(greeter.runs[1]!.job).toMatchObject({ attempt: 2, id: greeter.runs[0]!.job.id });
});

test('a job knows the event that caused it, and its log lines carry the ids of that event', async () => {
  const { greeter, add, runsOf } = await start();
  const cause: EventMetadata = {
    id: '0199a000-0000-7000-8000-000000000001',
    type: 'shop.OrderPlaced',
    source: 'shop',
    key: 'order 1',
    time: new Date('2026-01-02T03:04:05.678Z'),
    sequence: 9_007_199_254_740_993n,
    correlationId: '0199a000-0000-7000-8000-000000000002',
  };
  await add('greet', { name: 'Ada' }, { cause });
  await runsOf(1);
  expect(greeter.runs[0]).toMatchObject({
    job: { cause },
    logged: { job: 'greet', event_id: cause.id, correlation_id: cause.correlationId },
  });
});

test('a payload that is not what Jobs adds fails with a sentence and is kept', async () => {
  const { greeter, pool, waiting } = await start();
  await pool.query(`select graphile_worker.add_job('greet', '{"name": "Ada"}')`);
  const [job] = await waitUntil('it failed', async () => {
    const jobs = await waiting();
    return jobs[0]?.last_error && jobs;
  });
  expect(job.last_error).toBe('The payload is not what Jobs.add() stores: add the job through it.');
  expect(greeter.runs).toEqual([]);
});

test('a service without jobs needs neither the schema nor a connection', async () => {
  const empty = await testDatabase();
  await (await startJobs({ pool: empty.pool, jobs: new Jobs() })).stop();
  expect(empty.pool.totalCount).toBe(0);
  await empty.drop();
});
