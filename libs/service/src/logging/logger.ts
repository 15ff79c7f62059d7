import { currentLogFields } from '@everyhop/telemetry';
import { type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger };

/**
 * Logs JSON lines on standard output. Each carries the ids of the event and of its correlation while an event is
 * handled, and trace_id and span_id when OpenTelemetry runs.
 */
export const createLogger = (name: string, level: string): Logger =>
  pino({
    base: { service: name },
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: currentLogFields,
    serializers: { err: describeError },
  });

/** An error without the values that drivers attach to it, since these may be personal data. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return { type: name, code, message, stack, cause: cause === undefined ? undefined : describeError(cause) };
}
