/** What would go wrong: when a database is away nobody can see any metric, or the log tells it at every scrape. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { silentLogger } from './logger.ts';
import { observeState } from './observe-state.ts';
import { ScrapeReader } from './scrape-reader.ts';
import { scrapeMetrics } from './scrape.ts';

let provider: MeterProvider;
let said: string[];
beforeEach(() => {
  provider = new MeterProvider({ readers: [new ScrapeReader()] });
  provider.getMeter('test').createCounter('else').add(1);
  said = [];
});
afterEach(() => provider.shutdown());

function observe(read: () => Promise<number>) {
  const meter = provider.getMeter('test');
  const gauge = meter.createObservableGauge('depth');
  const say = (_: object, message: string) => said.push(message);
  const logger = { ...silentLogger, warn: say, info: say };
  return observeState({
    of: 'the well',
    meter,
    gauges: [gauge],
    read,
    report: (result, depth) => result.observe(gauge, depth),
    logger,
  });
}

test('what can’t be read is left out until it can, and the log says each once', async () => {
  let away = true;
  const stop = observe(async () => {
    if (away) throw new Error('away');
    return 7;
  });
  for (const _ of [1, 2]) {
    const metrics = await scrapeMetrics();
    expect(metrics).toContain('else_total 1');
    expect(metrics).not.toContain('depth');
  }
  expect(said).toEqual(['there are no metrics of the well until it can be read again']);
  away = false;
  expect(await scrapeMetrics()).toContain('depth 7');
  expect(await scrapeMetrics()).toContain('depth 7');
  expect(said.slice(1)).toEqual(['there are metrics of the well again']);
  stop();
  expect(await scrapeMetrics()).not.toContain('depth');
});

test('what never answers is asked once, and holds up no scrape', async () => {
  const answer = Promise.withResolvers<number>();
  let asked = 0;
  observe(() => {
    asked++;
    return answer.promise;
  });
  expect(await scrapeMetrics()).toContain('else_total 1');
  expect(await scrapeMetrics()).toContain('else_total 1');
  expect(asked).toBe(1);
  expect(said).toHaveLength(1);
  answer.resolve(7);
  expect(await scrapeMetrics()).toContain('depth 7');
});

test('scrapes at the same time share one answer', async () => {
  let asked = 0;
  observe(async () => ++asked);
  const scrapes = await Promise.all([scrapeMetrics(), scrapeMetrics()]);
  for (const metrics of scrapes) expect(metrics).toContain('depth 1');
});
