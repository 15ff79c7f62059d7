import { z } from 'zod';
import { Problem } from '../http/problem.ts';

/** Text from 1 character on, of those that Postgres can store: all but one. */
export const text = z
  .string('must be text')
  .min(1, 'must not be empty')
  .regex(/^[^\u0000]*$/, 'must not have a NUL character');

const digitsAsNumber = (value: unknown) =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;

/** A whole number from 1 to `most` in a path or a query. */
export const wholeNumber = (most: number) =>
  z.preprocess(
    digitsAsNumber,
    z.int('must be a whole number').min(1, 'must be at least 1').max(most, `must be at most ${most}`),
  );

const time = z.iso
  .datetime({ offset: true, error: 'must be a time in ISO 8601, such as 2030-01-31T12:00:00Z' })
  .transform((moment) => new Date(moment));

/** Which parked events are meant: those that fit everything that is given. */
export const ParkedFilter = z.strictObject({
  handler: text.optional(),
  key: text.optional(),
  eventId: text.optional(),
  reason: text.describe('a part of the reason, any case').optional(),
  state: z.enum(['waiting', 'dead'], 'must be waiting or dead').optional(),
  since: time.describe('parked at or after').optional(),
  until: time.describe('parked before').optional(),
});

/** Which refused events are meant. */
export const RefusedFilter = z.strictObject({
  eventId: text.optional(),
  topic: text.optional(),
  key: text.optional(),
  reason: text.describe('a part of the reason, any case').optional(),
});

/** How many are listed. */
export const limit = wholeNumber(1_000).default(100);

/** The query of a list that takes nothing else. */
export const ListQuery = z.strictObject({ limit });
export type ListQuery = z.infer<typeof ListQuery>;

/** Who acts, and why: it is recorded. */
export const Operator = z.object({ by: text.describe('who acts'), why: text });

/** What is done to all events that fit `filter`. */
export const bulk = <Shape extends z.ZodRawShape>(filter: z.ZodObject<Shape>) =>
  z
    .strictObject({
      ...Operator.shape,
      filter: filter.describe('all of it has to fit'),
      all: z.boolean().default(false).describe('must be true for a filter that lets everything through'),
    })
    // As `assertMeant` has it.
    .meta({
      anyOf: [
        { properties: { filter: { minProperties: 1 } } },
        { properties: { all: { enum: [true] } }, required: ['all'] },
      ],
    });

/** How many events it was done to. */
export const Count = z.object({ count: z.number() });

/** Throws a 422 `Problem` for a filter that lets everything through, unless `all` says that this is meant. */
export function assertMeant({ filter, all }: { filter: object; all: boolean }): void {
  const given = Object.values(filter).filter((value) => value !== undefined);
  if (given.length > 0 || all) return;
  throw new Problem({
    status: 422,
    detail: 'An empty filter means all events: narrow it, or say "all": true when that is meant.',
    errors: [{ pointer: '#/filter', detail: 'is empty' }],
  });
}
