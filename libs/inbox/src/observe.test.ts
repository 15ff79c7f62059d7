import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { TestService } from './inbox.fixture.ts';
import { waitUntil } from '@everyhop/testing';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
// Counters are made when their module is loaded: by then there has to be somebody who collects them.
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
const { testService } = await import('./inbox.fixture.ts');
const { listParked, observeInbox, Permanent } = await import('./index.ts');
const { observeOutbox } = await import('@everyhop/outbox');

let it: TestService;
beforeAll(async () => {
  it = await testService();
});
afterAll(() => it.stop());

/** The data points of all metrics as they are now, by name. */
async function collect() {
  exporter.reset();
  await reader.forceFlush();
  const all = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return Object.fromEntries(
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ value, attributes }) => ({ value, ...attributes })),
    ]),
  );
}

test('what waits in the outbox and what is parked in the inbox are metrics', async () => {
  const inbox = await it.start({
    handle: async () => {
      throw new Permanent('never');
    },
  });
  const stop = [observeInbox(inbox, it.database.db), observeOutbox(it.database.pool)];
  await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'a', n: 2 }));
  await waitUntil('both are parked', async () => (await listParked(it.database.db)).length === 2);
  await it.database.pool
    .query(`insert into outbox (id, aggregatetype, aggregateid, type, source, time, sequence, correlationid, bucket)
    values (gen_random_uuid(), 't', 'k', 't', 's', now() - interval '90 seconds', 1, 'c', 99)`);

  const collected = await collect();
  expect(collected['everyhop.inbox.parked']).toEqual(
    expect.arrayContaining([
      { value: 1, handler: 'test.handler', state: 'dead' },
      { value: 1, handler: 'test.handler', state: 'waiting' },
    ]),
  );
  expect(collected['everyhop.inbox.paused']).toEqual([{ value: 0 }]);
  expect(collected['everyhop.outbox.oldest_age']![0]!.value).toBeGreaterThanOrEqual(90);
  expect(collected['everyhop.inbox.events']).toContainEqual({
    value: 1,
    handler: 'test.handler',
    outcome: 'dead',
  });
  for (const end of stop) end();
});
