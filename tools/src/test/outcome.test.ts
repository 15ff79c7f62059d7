import { expect, test } from '@jest/globals';
import { oneCheck, repeated, summary, total } from './outcome.ts';

test('the last line counts what passed and failed, and what was skipped only when something was', () => {
  const tests = { passed: 7, failed: 1, skipped: 0, failures: ['a test'] };
  const all = total([oneCheck('lint', true), oneCheck('format', false), tests]);
  expect(summary(all)).toBe('8 passed, 2 failed');
  expect(all.failures).toEqual(['format', 'a test']);
  expect(summary({ ...all, skipped: 1 })).toBe('8 passed, 2 failed, 1 skipped');
});

test('of what was run once more counts how it went then', () => {
  const first = { passed: 7, failed: 2, skipped: 1, failures: ['late', 'broken'] };
  const again = { passed: 4, failed: 1, skipped: 0, failures: ['broken'] };
  expect(repeated(first, again)).toEqual({ passed: 8, failed: 1, skipped: 1, failures: ['broken'] });
});
