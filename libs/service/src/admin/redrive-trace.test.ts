/**
 * What would go wrong: an event is handled long after it was parked, and its trace does not say that an operator had it
 * tried again, and where that operator's action is to be found.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { engines, testDatabase, waitUntil } from '@everyhop/testing';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { inSpan } from '@everyhop/telemetry';
import { redriveParked } from '@everyhop/inbox/admin';
import { Kysely, PostgresDialect } from 'kysely';
import { Paid, Payments, startFailing } from './failing.fixture.ts';

const spans = new InMemorySpanExporter();
const sdk = new NodeSDK({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
beforeAll(() => sdk.start());
afterAll(() => sdk.shutdown());

test('the span of a redriven event stays in the trace of the event, and links to the operator’s', async () => {
  const service = await startFailing();
  await service.pay('a', '1');
  const [{ traceId }] = await service.parked(1);
  Payments.broken = false;
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: service.pool }) });
  await inSpan('operator', () => redriveParked(db, { key: 'a' }, { by: 'ada', why: 'mended' }));
  await service.post('/admin/parked/redrive', { filter: { key: 'wakes' }, by: 'ada', why: 'to wake it' });
  await waitUntil('it is handled', () => Payments.handled.length > 0);
  await service.stop();
  const named = (name: string) => spans.getFinishedSpans().filter((span) => span.name === name);
  const [operator] = named('operator');
  const redriven = named(`process ${Paid.topic}`).at(-1)!;
  expect(redriven.spanContext().traceId).toBe(traceId);
  expect(redriven.links.map(({ context }) => context.spanId)).toEqual([operator!.spanContext().spanId]);
});

test('what is linked to is the trace of the operator’s request', async () => {
  const database = await testDatabase();
  const program = `import { runService } from '@everyhop/service'; await runService('probe', { features: [] });`;
  const traced = ['--import', '@everyhop/telemetry/register', '--input-type=module', '--eval', program];
  // A process of its own, since HTTP is only traced in one that begins with tracing.
  const child = spawn(process.execPath, traced, {
    cwd: import.meta.dirname,
    env: {
      PORT: '0',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: engines.brokers.join(),
      SCHEMA_REGISTRY_URL: engines.registryUrl,
    },
  });
  let address: string | undefined;
  createInterface(child.stdout).on('line', (line) => (address ??= JSON.parse(line).url));
  const url = await waitUntil('the service listens', () => address);
  await database.pool.query(`
    insert into inbox_parked (handler, event_id, key, topic, partition, kafka_offset, headers, state)
    values ('gone', '1', 'a', 'topic', 0, '0', '{}', 'dead')`);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const answer = await fetch(`${url}/admin/parked/redrive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    body: JSON.stringify({ filter: { key: 'a' }, by: 'ada', why: 'mended' }),
  });
  expect(await answer.json()).toEqual({ count: 1 });
  const { rows } = await database.pool.query('select redriven_by from inbox_parked');
  expect(rows[0].redriven_by).toContain(traceId);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await database.drop();
});
