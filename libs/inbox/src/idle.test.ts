/** What would go wrong: a service to which nothing happens keeps its database busy all day. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kysely, PostgresDialect } from 'kysely';
import { waitUntil } from '@everyhop/testing';
import { testService, type TestService } from './inbox.fixture.ts';
import { RetryWorker } from './retry-worker.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService();
});
afterEach(() => it.stop());

test('while nothing is parked the retry worker asks once and then waits', async () => {
  let asked = 0;
  const db = new Kysely<any>({
    dialect: new PostgresDialect({ pool: it.database.pool }),
    log: () => void asked++,
  });
  const worker = new RetryWorker({
    db,
    registry: it.registry,
    service: it.service,
    subscriptions: new Map(),
  });
  worker.start();
  await waitUntil('it has asked', () => asked > 0);
  for (let n = 0; n < 300; n++) await it.database.pool.query('select 1');
  expect(asked).toBe(1);
  await worker.stop();
});
