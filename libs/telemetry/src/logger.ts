import { AsyncLocalStorage } from 'node:async_hooks';

/** What the libraries log to: a pino logger, or anything with these four. Fields first, then the sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = () => {};

/** The default of every library: says nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A logger that adds `added` to the fields of each line. */
export function withFields(logger: Logger, added: object): Logger {
  const at = (level: keyof Logger) => (fields: object, message: string) =>
    logger[level]({ ...added, ...fields }, message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const fields = new AsyncLocalStorage<Record<string, string>>();

/** Runs `work` so that each line logged in it carries `added` (e.g. `event_id`, `correlation_id`) beside what was there. */
export function withLogFields<R>(added: Record<string, string>, work: () => R): R {
  return fields.run({ ...fields.getStore(), ...added }, work);
}

/** The fields that lines logged right now should carry: for pino's `mixin`. */
export const currentLogFields = (): Record<string, string> => fields.getStore() ?? {};
