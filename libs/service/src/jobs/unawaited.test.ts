/**
 * What would go wrong: a job that is added without `await` is lost while its transaction commits, or ends the process;
 * and what is forgotten in a request ends the service for all others.
 */
import { expect, test } from '@jest/globals';
import { inTransaction } from '@everyhop/postgres';
import { testDatabase, waitUntil } from '@everyhop/testing';
import { pino } from 'pino';
import { openPool } from '../database/open-pool.ts';
import { startProbeProcess } from '../run-probe.fixture.ts';
import { Jobs, startJobs } from './index.ts';

test('a job that is added without being awaited is run; one that nobody knows fails the transaction', async () => {
  const database = await testDatabase();
  await database.pool.query('create table things (id text)');
  const ran: unknown[] = [];
  const jobs = new Jobs([{ name: 'greet', maxAttempts: 1, run: async (payload) => void ran.push(payload) }]);
  const pool = openPool(database.url, 'workers', pino({ level: 'silent' }));
  const workers = await startJobs({ pool, jobs });
  try {
    await inTransaction(database.db, async (tx) => void jobs.add(tx, 'greet', { name: 'Ada' }));
    await waitUntil('it has run', () => ran.length > 0);
    expect(ran).toEqual([{ name: 'Ada' }]);
    const failing = inTransaction(database.db, async (tx) => {
      void jobs.add(tx, 'unknown', {});
      await tx.insertInto('things').values({ id: 'a' }).execute();
    });
    await expect(failing).rejects.toMatchObject({ code: 'UNKNOWN_JOB' });
    expect((await database.pool.query('select from things')).rowCount).toBe(0);
  } finally {
    await workers.stop();
    await pool.end();
    await database.drop();
  }
});

const forgetful = `
  import { Kysely, sql } from 'kysely';
  import { Controller, Dependencies, Get, Module } from '@nestjs/common';
  import { Outbox } from '@everyhop/outbox';
  import { runService } from '@everyhop/service';
  class Forgetful {
    constructor(outbox) { this.outbox = outbox; }
    async late() {
      const { promise: isOver, resolve: end } = Promise.withResolvers();
      await this.outbox.transaction(async (tx) => void isOver.then(() => sql\`select 1\`.execute(tx)));
      end();
    }
  }
  Dependencies(Outbox)(Forgetful);
  Get('late')(Forgetful.prototype, 'late', Object.getOwnPropertyDescriptor(Forgetful.prototype, 'late'));
  Controller()(Forgetful);
  class Feature {}
  Module({ controllers: [Forgetful] })(Feature);
  await runService('probe', { features: [Feature] });`;

test('what is asked of a transaction that is over is logged, and the service goes on', async () => {
  await using probe = await startProbeProcess({ program: forgetful });
  const { address, said } = probe;
  expect((await fetch(`${address}/late`)).status).toBe(200);
  const line = await waitUntil('it is logged', () =>
    said().find(({ msg }) => msg.includes('was not awaited')),
  );
  expect(line).toMatchObject({ level: 'error', err: { code: 'TRANSACTION_OVER' } });
  expect((await fetch(`${address}/health/live`)).status).toBe(200);
});
