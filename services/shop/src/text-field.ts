import { z } from 'zod';

/** Says that a value is missing, or what type it must have. */
export const mustBe = (what: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : `must be ${what}`),
});

// Neither Postgres nor a mail header takes control characters and half surrogate pairs. The former are in the pattern,
// and that one character has to be no blank, in a way that each dialect of regular expressions understands.
const control = '\\u0000-\\u001f\\u007f-\\u009f';
const pattern = `^[^${control}]*[^${control}\\s\\ufeff][^${control}]*$`;
const isPrintable = (text: string) => !new RegExp(`[${control}]`).test(text) && text.isWellFormed();

/** Text that a person typed: trimmed, one line, from 1 to `max` characters. */
export const textField = (max: number) =>
  z
    .string(mustBe('text'))
    .refine(isPrintable, 'must be one line of text without control characters')
    .trim()
    .refine((text) => text.length > 0, 'must not be empty')
    // As JSON Schema counts; `length` is more for 𝔸 and 😀.
    .refine((text) => [...text].length <= max, `must have at most ${max} characters`)
    .meta({ minLength: 1, maxLength: max, pattern });

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const atom = "[A-Za-z0-9_'+-]+";
/** What mail servers agree on, with the lengths of RFC 5321. */
const address = `^(?=.{1,64}@)${atom}(?:\\.${atom})*@(?=.{1,253}$)(?:${label}\\.)+[A-Za-z]{2,63}$`;

/** An email address, as far as that can be seen. */
export const emailField = textField(254)
  .meta({ format: 'email', pattern: address })
  .pipe(z.email({ pattern: new RegExp(address), error: 'must be an email address' }));
