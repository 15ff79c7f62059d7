import { userInfo } from 'node:os';
import { UsageError } from '../usage-error.ts';

/** The options that say which events that failed are meant: what each is given, and what it means. */
export const filterOptions = {
  handler: ['<id>', 'of this handler'],
  topic: ['<topic>', 'of this topic (with --refused)'],
  key: ['<key>', 'of this key'],
  event: ['<id>', 'only this one'],
  reason: ['<text>', 'whose reason has this text'],
  state: ['<state>', 'waiting or dead'],
  since: ['<time>', 'that failed after this time, or in the last 10m, 2h, 3d'],
  until: ['<time>', 'that failed before'],
} as const;

/** What was given of `filterOptions`. */
export type FilterValues = { [name in keyof typeof filterOptions]?: string };

/** The filter of the admin API; throws a sentence for a time that is none. */
export function filterOf({ event, since, until, ...rest }: FilterValues): Record<string, string> {
  const filter = {
    ...rest,
    eventId: event,
    since: timeOf('--since', since),
    until: timeOf('--until', until),
  };
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string>;
}

const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 };

function timeOf(option: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(value) ?? [];
  const time = unit
    ? new Date(Date.now() - Number(amount) * seconds[unit as keyof typeof seconds] * 1000)
    : new Date(value);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new UsageError(
    `${option} is a time, such as 2030-01-31T12:00:00Z, or how long ago, such as 10m; not "${value}".`,
  );
}

/** Who acts, and why: it is recorded. */
export const operatorOf = (why = 'not said'): { by: string; why: string } => ({
  by: process.env.USER || userInfo().username,
  why,
});
