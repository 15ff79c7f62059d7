/** What would go wrong: a service to which nothing happens keeps its database busy all day. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kysely, PostgresDialect } from 'kysely';
import { waitUntil } from '@everyhop/testing';
import { testService, type TestService } from '../inbox.fixture.ts';
import { RetryWorker } from './retry-worker.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService();
});
afterEach(() => it.stop());

/** A database that counts what it is asked. */
function countingDatabase() {
  const counting = { asked: 0 };
  const dialect = new PostgresDialect({ pool: it.database.pool });
  return Object.assign(counting, { db: new Kysely<any>({ dialect, log: () => void counting.asked++ }) });
}

function startWorker(db: Kysely<any>): RetryWorker {
  const { registry, service } = it;
  const worker = new RetryWorker({ db, registry, service, subscriptions: new Map() });
  worker.start();
  return worker;
}

/** A while, as the database sees it. */
async function queries(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await it.database.pool.query('select 1');
}

test('while nothing is parked the retry worker asks once and then waits', async () => {
  const counting = countingDatabase();
  const worker = startWorker(counting.db);
  await waitUntil('it has asked', () => counting.asked > 0);
  await queries(300);
  await worker.stop();
  expect(counting.asked).toBe(1);
});

test('while another worker tries what is due, it does not ask again and again', async () => {
  const trying = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  await it.start({
    retry: { inPlace: 1, attempts: 3, delay: 5, maxDelay: 5 },
    async handle(_, { attempt }) {
      if (attempt === 1) throw new Error('not yet');
      trying.resolve();
      await finished.promise;
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await trying.promise;
  const counting = countingDatabase();
  const worker = startWorker(counting.db);
  await waitUntil('it has asked', () => counting.asked > 0);
  await queries(300);
  finished.resolve();
  await worker.stop();
  expect(counting.asked).toBeLessThan(20);
});
