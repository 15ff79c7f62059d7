import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { emailField, textField } from './text-field.ts';

const patternOf = (schema: z.ZodType) =>
  (z.toJSONSchema(schema, { io: 'input' }) as { pattern: string }).pattern;

test('the pattern of a text means the same in every dialect of regular expressions', () => {
  const pattern = patternOf(textField(100));
  expect(pattern).not.toMatch(/\\p\{/);
  for (const flags of ['', 'u', 'v'])
    for (const [text, fits] of [
      ['Chris', true],
      ['Зоя 😀', true],
      [' a ', true],
      ['  ', false],
      ['', false],
      ['a\0b', false],
      ['a\nb', false],
      ['a\u0085', false],
    ] as const)
      expect([flags, text, new RegExp(pattern, flags).test(text)]).toEqual([flags, text, fits]);
});

test('the length of a text is counted in characters, as JSON Schema has it', () => {
  expect(textField(3).safeParse('😀😀😀').success).toBe(true);
  expect(textField(3).safeParse('😀😀😀😀').success).toBe(false);
});

test.each([
  [`${'a'.repeat(64)}@example.org`, true],
  [`${'a'.repeat(65)}@example.org`, false],
  [`a@${'b'.repeat(63)}.org`, true],
  [`a@${'b'.repeat(64)}.org`, false],
  ['a@b-.org', false],
  ["o'hara+shop@sub.example.co.uk", true],
  ['a..b@example.org', false],
  ['.a@example.org', false],
  ['a.@example.org', false],
  ['a@example', false],
])('%s is an address of mail, here and in the document: %s', (address, is) => {
  expect(emailField.safeParse(address).success).toBe(is);
  expect(new RegExp(patternOf(emailField)).test(address)).toBe(is);
});
