/** What would go wrong: a service that can't write any more says that it is ready, and gets all the requests. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import pg from 'pg';
import { type Probe, startProbe } from '../probe.fixture.ts';

let service: Probe;
let operator: pg.Client;
let database: string;
beforeEach(async () => {
  service = await startProbe([]);
  operator = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await operator.connect();
  database = (await operator.query('select current_database() as name')).rows[0].name;
});
afterEach(async () => {
  await operator.end();
  await service.stop();
});

const ready = async () => {
  const response = await fetch(`${service.url}/health/ready`);
  return { code: response.status, ...((await response.json()) as { detail?: string }) };
};
const cut = () =>
  operator.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);

test('a service whose database can only be read is not ready, says why, and is again as soon as it can write', async () => {
  expect(await ready()).toMatchObject({ code: 200 });
  await operator.query(`alter database ${database} set default_transaction_read_only = on`);
  await cut();
  const detail = 'The database can only be read.';
  await waitUntil('it says so', async () => (await ready()).detail === detail);
  expect(await ready()).toMatchObject({ code: 503, detail });
  expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
  await operator.query(`alter database ${database} reset all`);
  expect(await ready()).toMatchObject({ code: 200 });
});

test('a service that may not write is not ready, and says why', async () => {
  await operator.query(`alter table outbox rename to outbox_moved`);
  const detail = `The database can't be written to: relation "outbox" does not exist.`;
  expect(await ready()).toMatchObject({ code: 503, detail });
  await operator.query(`alter table outbox_moved rename to outbox`);
  expect(await ready()).toMatchObject({ code: 200 });
});
