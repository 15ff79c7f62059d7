import { beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { addresses } from './addresses.ts';
import { completed, placeOrder } from './shop.ts';

const services = ['shop', 'billing', 'logistics', 'crm'] as const;
type Service = (typeof services)[number];
type Labels = Record<string, string>;

/** One line of what a service answers Prometheus. */
interface Sample {
  name: string;
  labels: Labels;
  value: number;
}

let metrics: Record<Service, Sample[]>;

beforeAll(async () => {
  const { orderId } = await placeOrder();
  await completed(orderId);
  // The last offset is committed after the shop has said that the journey is over.
  metrics = await waitUntil('all is committed', async () => {
    const all = await Promise.all(services.map(async (service) => [service, await scrape(service)] as const));
    const isAtEnd = all.every(([, samples]) => {
      const lags = samples.filter(({ name }) => name === 'everyhop_consumer_lag');
      return lags.length > 0 && total(lags) === 0;
    });
    return isAtEnd && (Object.fromEntries(all) as typeof metrics);
  });
});

async function scrape(service: Service): Promise<Sample[]> {
  const text = await (await fetch(`${addresses[service]}/metrics`)).text();
  return [...text.matchAll(/^([a-z][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name, labels = '', value]) => ({
      name: name!,
      labels: Object.fromEntries(
        [...labels.matchAll(/([a-z0-9_]+)="([^"]*)"/g)].map(([, label, of]) => [label, of]),
      ),
      value: Number(value),
    }),
  );
}

/** The samples of a metric of `service` that have these labels, and perhaps others. */
const of = (service: Service, metric: string, labels: Labels = {}) =>
  metrics[service].filter(
    ({ name, labels: all }) =>
      name === metric && Object.entries(labels).every(([label, value]) => all[label] === value),
  );

const total = (samples: Sample[]) => samples.reduce((sum, { value }) => sum + value, 0);

const handlers = {
  shop: ['shop.invoice-issued', 'shop.label-created'],
  billing: ['billing.issue-invoice'],
  logistics: ['logistics.create-label'],
  crm: ['crm.schedule-follow-up', 'crm.welcome'],
};

test.each(services)(
  '%s tells how fresh events are when they are handled, and what became of them',
  (service) => {
    const known = of(service, 'everyhop_inbox_parked', { state: 'dead' }).map(
      ({ labels }) => labels.handler!,
    );
    expect(known).toEqual(expect.arrayContaining(handlers[service]));
    const handled = of(service, 'everyhop_inbox_events_total', { outcome: 'handled' });
    expect(handled.length).toBeGreaterThan(0);
    for (const { value, labels } of handled) {
      const handler = labels.handler!;
      expect(known).toContain(handler);
      const fresh = of(service, 'everyhop_inbox_freshness_seconds_bucket', { handler });
      expect(fresh.find(({ labels }) => labels.le === '+Inf')!.value).toBe(value);
      // The objective's threshold.
      expect(fresh.map(({ labels }) => labels.le)).toContain('2');
      expect(
        of(service, 'messaging_process_duration_seconds_count', { everyhop_handler: handler }),
      ).not.toEqual([]);
    }
    expect(of(service, 'everyhop_inbox_paused')).toEqual([expect.objectContaining({ value: 0 })]);
  },
);

test.each(services)('%s tells what it sends, and what waits to be sent', (service) => {
  const owned = { messaging_destination_name: expect.stringMatching(new RegExp(`^${service}\\.`)) };
  const sent = of(service, 'messaging_client_sent_messages_total');
  expect(total(sent)).toBeGreaterThan(0);
  for (const { labels } of sent)
    expect(labels).toMatchObject({ messaging_system: 'kafka', messaging_operation_name: 'send', ...owned });
  expect(of(service, 'messaging_client_operation_duration_seconds_count')[0]!.labels).toMatchObject(owned);
  const topic = sent[0]!.labels.messaging_destination_name!;
  expect(of(service, 'everyhop_outbox_commit_to_broker_seconds_count', { topic })).toHaveLength(1);
  expect(of(service, 'everyhop_outbox_batch_size_count')).toHaveLength(1);
  for (const gauge of ['pending', 'refused', 'oldest_age_seconds'])
    expect(of(service, `everyhop_outbox_${gauge}`)).toHaveLength(1);
});

test.each(services)('%s tells how far behind its group is, on each partition', (service) => {
  const lags = of(service, 'everyhop_consumer_lag', { group: service });
  const consumed = of(service, 'messaging_client_consumed_messages_total');
  for (const { labels } of consumed) {
    const topic = labels.messaging_destination_name!;
    const partitions = lags
      .filter(({ labels }) => labels.topic === topic)
      .map(({ labels }) => labels.partition);
    expect(partitions.toSorted()).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(of(service, 'everyhop_kafka_under_replicated_partitions', { topic })).toMatchObject([
      { value: 0 },
    ]);
  }
  expect(total(consumed)).toBeGreaterThan(0);
});

test.each(services)('%s tells how its database, its pool and its process are', (service) => {
  const pool = { db_client_connection_pool_name: service };
  for (const state of ['used', 'idle'])
    expect(
      of(service, 'db_client_connection_count', { ...pool, db_client_connection_state: state }),
    ).toHaveLength(1);
  expect(
    total(of(service, 'db_client_operation_duration_seconds_count', { db_namespace: service })),
  ).toBeGreaterThan(0);
  const [busy] = of(service, 'nodejs_eventloop_utilization_ratio');
  expect(busy!.value).toBeLessThanOrEqual(1);
  expect(of(service, 'v8js_memory_heap_used_bytes', { v8js_heap_space_name: 'old_space' })).toHaveLength(1);
});

test.each(services)('statements of %s are told by what they do', (service) => {
  const names = of(service, 'db_client_operation_duration_seconds_count').map(
    ({ labels }) => labels.db_operation_name,
  );
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(name).toMatch(/^[A-Z]+$/);
});

test('requests are told by their route', () => {
  const requests = of('shop', 'http_server_request_duration_seconds_count');
  const placed = { http_request_method: 'POST', http_route: '/orders', http_response_status_code: '201' };
  expect(requests.map(({ labels }) => labels)).toContainEqual(expect.objectContaining(placed));
  for (const { labels } of requests)
    expect(labels.http_route ?? '').not.toMatch(/[\da-f]{8}-|metrics|health/);
});

test('no label has more values than there are topics, handlers and routes', () => {
  const ids = /[\da-f]{8}-[\da-f]{4}|[\da-f]{32}|@/;
  for (const service of services) {
    // What tells the process from others; it is one line.
    expect(of(service, 'target_info')).toHaveLength(1);
    const names = Map.groupBy(metrics[service], ({ name }) => name);
    for (const { name, labels } of metrics[service])
      for (const value of Object.values(name === 'target_info' ? {} : labels)) expect(value).not.toMatch(ids);
    // Of one handler, topic or route a histogram has some twenty lines.
    for (const [, samples] of names) expect(samples.length).toBeLessThan(1_000);
  }
});
