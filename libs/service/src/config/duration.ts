import type { Duration } from '@everyhop/telemetry';
import { toMs } from '@everyhop/telemetry/internal';
import { z } from 'zod';

/** A setting that is a length of time with its unit, `3d`, `12h`, `30m`, `2s` or `500ms`; read into milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/)
  .transform((span) => toMs(span as Duration));
