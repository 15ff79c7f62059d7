import { userInfo } from 'node:os';

const text = { type: 'string' } as const;

/** The options that say which parked events are meant; `topic` is for refused ones. */
export const filterOptions = {
  handler: text,
  topic: text,
  key: text,
  event: text,
  reason: text,
  state: text,
  since: text,
  until: text,
};

/** The option for events that the broker refused, instead of those that a handler did. */
export const refusedOption = { refused: { type: 'boolean' } } as const;

/** What was given of `filterOptions`. */
export type FilterValues = Partial<Record<keyof typeof filterOptions, string>>;

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
  throw new Error(
    `${option} is a time, such as 2030-01-31T12:00:00Z, or how long ago, such as 10m; not "${value}".`,
  );
}

/** Who acts, and why: it is recorded. */
export const operatorOf = (why = 'not said'): { by: string; why: string } => ({
  by: process.env.USER || userInfo().username,
  why,
});

/** The one service that a command is about; throws a sentence when there is not exactly one. */
export function oneService(command: string, positionals: string[]): string {
  const [service, ...more] = positionals;
  if (service !== undefined && more.length === 0) return service;
  throw new Error(`Say which service, e.g. ./dev ${command} billing.`);
}
