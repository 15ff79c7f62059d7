/** What would go wrong: Node fires a timer of more than 2^31-1 ms at once, and what was set is gone. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { PinoLogger } from 'nestjs-pino';
import { createLogger } from './logger.ts';
import { LogLevel } from './log-level.ts';

const hour = 3_600_000;

beforeEach(() => {
  jest.useFakeTimers();
  (PinoLogger as { root: unknown }).root = {};
});
afterEach(() => void jest.useRealTimers());

test.each([1, 596, 597, 999, 10_000])('a level set for %d hours is kept that long', (hours) => {
  const logLevel = new LogLevel(createLogger('test', 'silent'));
  logLevel.set('fatal', hours * hour);
  jest.advanceTimersByTime(hours * hour - 1);
  expect(logLevel.state.level).toBe('fatal');
  jest.advanceTimersByTime(1);
  expect(logLevel.state).toMatchObject({ level: 'silent', until: null });
});

test('one that is set anew, or stopped, does not go back when the first would have', () => {
  const logLevel = new LogLevel(createLogger('test', 'silent'));
  logLevel.set('fatal', 1_000 * hour);
  jest.advanceTimersByTime(700 * hour);
  logLevel.set('fatal');
  jest.advanceTimersByTime(1_000 * hour);
  expect(logLevel.state.level).toBe('fatal');
});
