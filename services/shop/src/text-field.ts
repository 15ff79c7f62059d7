import { z } from 'zod';

/** Says that a value is missing, or what type it must have. */
export const mustBe = (what: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : `must be ${what}`),
});

// Control characters and half surrogate pairs: neither Postgres nor a mail header takes them.
const printable = /^[^\p{Cc}\p{Cs}]*$/u;

/** Text that a person typed: trimmed, one line, from 1 to `max` characters. */
export const textField = (max: number) =>
  z
    .string(mustBe('text'))
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(printable, 'must be one line of text without control characters');

/** An email address, as far as that can be seen. */
export const emailField = textField(254).meta({ format: 'email' }).pipe(z.email('must be an email address'));
