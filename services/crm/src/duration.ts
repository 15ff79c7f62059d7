import { z } from 'zod';

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time span with its unit, `3d`, `12h`, `30m`, `2s` or `500ms`; read into milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/)
  .transform((span) => {
    const [, count, unit] = /^(\d+)(.+)$/.exec(span)!;
    return Number(count) * milliseconds[unit as keyof typeof milliseconds];
  });
