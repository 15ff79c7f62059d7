import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const duration = z.string().regex(/^\d+[smhd]$/, 'give a whole number of s, m, h or d, e.g. 30m');

const Slos = z.strictObject({
  objectives: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z]+$/, 'give one word in small letters'),
      says: z.string(),
      percent: z.number().gt(0).lt(100),
      /** Labels; the objective holds for each of their values. */
      per: z.array(z.string()).min(1),
      /** Counters: of what went well, and of everything. */
      good: z.string(),
      all: z.string(),
    }),
  ),
  period: duration,
  alerts: z.array(
    z.strictObject({
      severity: z.enum(['page', 'ticket']),
      burn: z.number().positive(),
      long: duration,
      short: duration,
    }),
  ),
  minimum: z.int().nonnegative(),
});

/** The objectives, and when to alert, as infra/prometheus/slos.yaml says them. */
export type Slos = z.infer<typeof Slos>;
export type Objective = Slos['objectives'][number];

/** Reads the objectives; rejects with a sentence for each thing that is wrong in them. */
export async function readSlos(path: string): Promise<Slos> {
  const { success, data, error } = Slos.safeParse(parse(await readFile(path, 'utf8')));
  if (!success) throw new Error(`${path}\n${z.prettifyError(error)}`);
  return data;
}
