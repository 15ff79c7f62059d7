import { afterEach, expect, test } from '@jest/globals';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { ScrapeReader } from './scrape-reader.ts';
import { scrapeMetrics } from './scrape.ts';

let provider: MeterProvider | undefined;
afterEach(async () => {
  await provider?.shutdown();
  provider = undefined;
});

function startMeter() {
  provider = new MeterProvider({ readers: [new ScrapeReader()] });
  return provider.getMeter('test');
}

test('without register there are no metrics', async () => {
  expect(await scrapeMetrics()).toBeUndefined();
});

test('metrics are named as Prometheus has it, with their units, and without labels that nobody asked for', async () => {
  const meter = startMeter();
  meter
    .createCounter('everyhop.hops', { description: 'Hops', unit: '{hop}' })
    .add(3, { topic: 'shop.orders' });
  meter.createGauge('everyhop.memory', { unit: 'By' }).record(5);
  meter.createHistogram('everyhop.hop', { unit: 's', advice: { explicitBucketBoundaries: [2] } }).record(0.5);
  const lines = (await scrapeMetrics())!.split('\n').filter((line) => line && !line.startsWith('#'));
  expect(lines).toEqual([
    'everyhop_hops_total{topic="shop.orders"} 3',
    'everyhop_memory_bytes 5',
    'everyhop_hop_seconds_count 1',
    'everyhop_hop_seconds_sum 0.5',
    'everyhop_hop_seconds_bucket{le="2"} 1',
    'everyhop_hop_seconds_bucket{le="+Inf"} 1',
  ]);
});

test('a gauge that is not observed any more is left out, not shown as it was', async () => {
  const gauge = startMeter().createObservableGauge('everyhop.parked');
  let handlers = ['a', 'b'];
  gauge.addCallback((result) => handlers.forEach((handler) => result.observe(1, { handler })));
  expect(await scrapeMetrics()).toContain('everyhop_parked{handler="b"} 1');
  handlers = ['a'];
  const after = await scrapeMetrics();
  expect(after).toContain('everyhop_parked{handler="a"} 1');
  expect(after).not.toContain('handler="b"');
});

test('the process is named once, by what tells it from others of its service', async () => {
  const resource = resourceFromAttributes({
    ...{ 'service.name': 'shop', 'service.version': '1.2.3', 'service.instance.id': 'a', 'host.name': 'b' },
    'process.command_args': ['--secret'],
  });
  provider = new MeterProvider({ resource, readers: [new ScrapeReader()] });
  provider.getMeter('test').createCounter('hops').add(1);
  const lines = (await scrapeMetrics())!.split('\n').filter((line) => line && !line.startsWith('#'));
  expect(lines).toEqual([
    'target_info{service_name="shop",service_version="1.2.3",service_instance_id="a",host_name="b"} 1',
    'hops_total 1',
  ]);
});
