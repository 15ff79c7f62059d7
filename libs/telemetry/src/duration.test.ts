import { expect, test } from '@jest/globals';
import { backoffMs } from './backoff.ts';
import { toMs, type Duration } from './duration.ts';

test.each<[Duration, number]>([
  [250, 250],
  [0, 0],
  ['500ms', 500],
  ['1.5s', 1_500],
  ['30m', 1_800_000],
  ['12h', 43_200_000],
  ['14d', 1_209_600_000],
])('%p are %d milliseconds', (duration, milliseconds) => {
  expect(toMs(duration)).toBe(milliseconds);
});

test.each(['3', '3 days', '-2s', 's', 'soon', '', '1y', -1, NaN])('%p is refused', (duration) => {
  expect(() => toMs(duration as Duration)).toThrow(`is no duration: write '30s', or milliseconds`);
});

test('waits double up to the longest, less up to a half', () => {
  const backoff = { first: '100ms', longest: '1s' } as const;
  for (const [attempt, most] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
    const waits = Array.from({ length: 200 }, () => backoffMs(attempt + 1, backoff));
    expect(Math.max(...waits)).toBeLessThanOrEqual(most);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(most / 2);
    expect(new Set(waits).size).toBeGreaterThan(100);
  }
});
