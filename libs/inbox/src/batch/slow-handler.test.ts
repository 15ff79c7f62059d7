/** What would go wrong: a handler has been running for minutes, and who looks at metrics or logs sees nothing of it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { engines, waitUntil } from '@everyhop/testing';
import type { Inbox } from '../inbox.ts';
import type { TestService } from '../inbox.fixture.ts';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
const { testService } = await import('../inbox.fixture.ts');
const { defaultPolicy, Inbox: InboxOf, observeInbox } = await import('../index.ts');
const { silentLogger } = await import('@everyhop/telemetry');

let it: TestService;
const hang = Promise.withResolvers<void>();
const said: { ms?: number; message: string }[] = [];
let inbox: Inbox;
beforeAll(async () => {
  it = await testService();
  const { service, registry, database, Happened } = it;
  inbox = new InboxOf({
    service,
    registry,
    db: database.db,
    kafka: { brokers: engines.brokers },
    slowAfter: 50,
    logger: {
      ...silentLogger,
      warn: (fields: object, message: string) => said.push({ ...fields, message }),
    },
    handlers: ['hangs', 'does not'].map((id) => ({
      ...defaultPolicy,
      // In JavaScript, or with what is spread over it, it may be missing.
      timeout: undefined!,
      id,
      event: Happened,
      handle: async () => (id === 'hangs' ? hang.promise : undefined),
    })),
  });
  it.inboxes.push(inbox);
  await inbox.start();
});
afterAll(async () => {
  hang.resolve();
  await it.stop();
});

/** Seconds by handler. */
async function slow(): Promise<Record<string, number>> {
  exporter.reset();
  await reader.forceFlush();
  const all = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const { dataPoints } = all.find(({ descriptor }) => descriptor.name === 'everyhop.inbox.slow')!;
  return Object.fromEntries(
    dataPoints.map(({ attributes, value }) => [attributes['handler'], value as number]),
  );
}

test('a handler that takes long is in the metrics and in the log, again and again, until it has ended', async () => {
  const stop = observeInbox(inbox, it.database.db);
  expect(await slow()).toEqual({ hangs: 0, 'does not': 0 });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  const seconds = await waitUntil('it is slow', async () => {
    const now = await slow();
    return now['hangs']! > 0 && now;
  });
  expect(seconds).toEqual({ hangs: expect.any(Number), 'does not': 0 });
  const lines = await waitUntil('it was said twice', () => {
    const found = said.filter(({ message }) => message === 'a handler takes long');
    return found.length > 1 && found;
  });
  expect(lines[0]).toMatchObject({ handler: 'hangs', key: 'a', timeoutMs: 60_000 });
  expect(lines[1]!.ms).toBeGreaterThan(lines[0]!.ms!);
  hang.resolve();
  await waitUntil('it is slow no longer', async () => (await slow())['hangs'] === 0);
  stop();
});
