import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { metrics, type Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type Histogram,
} from '@opentelemetry/sdk-metrics';
import type { TestService } from './inbox.fixture.ts';
import { engines, waitUntil } from '@everyhop/testing';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
// Counters are made when their module is loaded: by then there has to be somebody who collects them.
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
const { testService, write } = await import('./inbox.fixture.ts');
const { observeInbox, Permanent } = await import('./index.ts');
const { listParked } = await import('./admin.ts');
const { observeOutbox } = await import('@everyhop/outbox');
const { observeGroup } = await import('@everyhop/kafka/internal');

let it: TestService;
const stop: (() => unknown)[] = [];
beforeAll(async () => {
  it = await testService();
});
afterAll(async () => {
  for (const end of stop) await end();
  await it.stop();
});

type Points = { value: number; attributes: Attributes }[];

/** The data points of all metrics as they are now, by name; of a histogram those with how often it was recorded. */
async function collect(): Promise<Record<string, Points>> {
  exporter.reset();
  await reader.forceFlush();
  const all = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const valueOf = (value: number | object) =>
    typeof value === 'number' ? value : (value as Histogram).count;
  return Object.fromEntries(
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ value, attributes }) => ({ value: valueOf(value), attributes })),
    ]),
  );
}

test('each event that is sent and handled is measured, and so is what is left to do', async () => {
  const inbox = await it.start({
    id: 'mirror',
    handle: async (data, delivery) => {
      if (data.n < 0) throw new Permanent('never');
      await write(data, delivery);
      return it.Followed(data);
    },
  });
  const { topic } = it.Happened;
  const group = { brokers: engines.brokers, groupId: it.service, topics: inbox.topics };
  stop.push(observeInbox(inbox, it.database.db), observeOutbox(it.database.db), observeGroup(group));

  await it.publish(it.Happened({ key: 'a', n: 1 }), it.Happened({ key: 'a', n: 2 }));
  await waitUntil('both are handled', async () => (await it.effects('a')).length === 2);
  await it.publish(it.Happened({ key: 'b', n: -1 }), it.Happened({ key: 'b', n: 1 }));
  await waitUntil('both are parked', async () => (await listParked(it.database.db)).length === 2);
  await it.database.pool
    .query(`insert into outbox (id, aggregatetype, aggregateid, type, source, time, sequence, correlationid, bucket)
    values (gen_random_uuid(), 't', 'k', 't', 's', now() - interval '90 seconds', 1, 'c', 99)`);

  const collected = await waitUntil('all is committed', async () => {
    const now = await collect();
    return now['everyhop.consumer.lag']?.[0]?.value === 0 && now;
  });
  const of = (name: string) => collected[`everyhop.${name}`];
  expect(of('consumer.lag')).toEqual([{ value: 0, attributes: { group: it.service, topic, partition: 0 } }]);
  expect(of('kafka.under_replicated_partitions')).toEqual([{ value: 0, attributes: { topic } }]);
  expect(of('inbox.parked')).toEqual([
    { value: 1, attributes: { handler: 'mirror', state: 'waiting' } },
    { value: 1, attributes: { handler: 'mirror', state: 'dead' } },
  ]);
  expect(of('inbox.paused')).toEqual([{ value: 0, attributes: {} }]);
  expect(of('inbox.events')).toEqual(
    expect.arrayContaining([
      { value: 2, attributes: { handler: 'mirror', outcome: 'handled' } },
      { value: 1, attributes: { handler: 'mirror', outcome: 'dead' } },
    ]),
  );
  expect(of('inbox.sequence.irregularities')).toEqual([
    { value: 0, attributes: { topic, kind: 'gap' } },
    { value: 0, attributes: { topic, kind: 'step back' } },
  ]);
  expect(of('inbox.freshness')).toEqual([{ value: 2, attributes: { handler: 'mirror' } }]);
  expect(of('outbox.commit_to_broker')).toContainEqual({ value: 4, attributes: { topic } });
  expect(of('outbox.batch_size')![0]!.value).toBeGreaterThanOrEqual(2);
  expect(of('outbox.oldest_age')![0]!.value).toBeGreaterThanOrEqual(90);

  const labels = { 'messaging.system': 'kafka', 'messaging.destination.name': topic };
  const process = { ...labels, 'messaging.operation.name': 'process', 'everyhop.handler': 'mirror' };
  expect(collected['messaging.process.duration']).toEqual(
    expect.arrayContaining([
      { value: 2, attributes: process },
      { value: expect.any(Number), attributes: { ...process, 'error.type': 'Permanent' } },
    ]),
  );
  const send = { ...labels, 'messaging.operation.name': 'send', 'messaging.operation.type': 'send' };
  expect(collected['messaging.client.sent.messages']).toContainEqual({ value: 4, attributes: send });
  expect(
    collected['messaging.client.operation.duration']!.map(({ attributes }) => attributes),
  ).toContainEqual(send);
  const poll = { 'messaging.operation.name': 'poll', 'messaging.consumer.group.name': it.service };
  expect(collected['messaging.client.consumed.messages']).toEqual([
    { value: 4, attributes: { ...labels, ...poll } },
  ]);
});

test('what the group has not committed yet is its lag, and what is not parked any more counts as zero', async () => {
  for (const inbox of it.inboxes) await inbox.stop();
  await it.database.pool.query('delete from inbox_parked');
  await it.publish(it.Happened({ key: 'c', n: 1 }), it.Happened({ key: 'c', n: 2 }));
  const collected = await waitUntil('both are on the topic', async () => {
    const now = await collect();
    return now['everyhop.consumer.lag']![0]!.value > 0 && now;
  });
  expect(collected['everyhop.consumer.lag']![0]!.value).toBe(2);
  expect(collected['everyhop.inbox.parked']!.map(({ value }) => value)).toEqual([0, 0]);
});
