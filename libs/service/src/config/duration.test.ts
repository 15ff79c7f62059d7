import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { duration } from './duration.ts';
import { readConfig } from './read-config.ts';

test.each([
  ['500ms', 500],
  ['2s', 2_000],
  ['30m', 1_800_000],
  ['12h', 43_200_000],
  ['3d', 259_200_000],
])('%s are %d milliseconds', (span, milliseconds) => {
  expect(duration.parse(span)).toBe(milliseconds);
});

test.each(['3', '3 days', '-2s', '1.5h', 's', 'soon'])(
  '%j is refused with a sentence that says what to give',
  (span) => {
    const schema = z.object({ DELAY: duration.describe('a time span, such as 3d') });
    expect(() => readConfig(schema, { DELAY: span })).toThrow(
      'DELAY is not valid: give a time span, such as 3d.',
    );
  },
);
