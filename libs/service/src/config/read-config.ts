import type { z } from 'zod';

/** The environment lacks what the service needs; the message has a sentence for each bad variable. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
  readonly code = 'INVALID_CONFIG';
}

/**
 * Reads environment variables as `schema` describes them; describe each field with `.describe('a …')`, which is
 * what a person is asked for when it is missing or bad. Empty variables count as not set. Throws `InvalidConfig`,
 * which ends the start of the service.
 *
 *     const { SMTP_URL } = readConfig(z.object({ SMTP_URL: z.url().describe('the mail server, smtp://host:port') }));
 */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: NodeJS.ProcessEnv = process.env,
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const result = schema.safeParse(set);
  if (result.success) return result.data;

  const names = new Set(result.error.issues.map(({ path }) => String(path[0])));
  const sentences = [...names].map((name) => {
    // The value stays out of it: it may hold a password.
    const problem = name in set ? 'is not valid' : 'is not set';
    const wanted = (schema.shape[name] as z.ZodType | undefined)?.description ?? 'a value';
    return `${name} ${problem}: give ${wanted}.`;
  });
  throw new InvalidConfig(sentences.join('\n'));
}
