import { expect, test } from '@jest/globals';
import { faster } from './prometheus.ts';

test('faster, an hour is a minute and a minute a second, but nothing is shorter than that, and names stay', () => {
  const rules = `
    interval: 5m
    record: sli:ratio_rate1h
    expr: sum(rate(events{window="1h"}[1h])) / sum(rate(events[6h] offset 1h)) > 5
    for: 1m
    scrape_interval: 15s`;
  expect(faster(rules, 60)).toBe(`
    interval: 5s
    record: sli:ratio_rate1h
    expr: sum(rate(events{window="1h"}[60s])) / sum(rate(events[360s] offset 60s)) > 5
    for: 1s
    scrape_interval: 1s`);
});
