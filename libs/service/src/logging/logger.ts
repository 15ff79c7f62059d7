import { currentLogFields } from '@everyhop/telemetry';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { describeError } from './describe-error.ts';

export type { Logger };

/** Fields that are, or may hold, personal data or secrets: none is meant to be logged, and none gets through. */
const personal = [
  ...['name', 'email', 'phone', 'address', 'street', 'city', 'postalCode'],
  ...['customer', 'recipient', 'shippingAddress', 'data', 'payload', 'body', 'headers', 'query'],
  ...['password', 'token', 'authorization', 'cookie'],
];

/**
 * Logs JSON lines, on standard output by default. Each carries the ids of the event and of its correlation while an
 * event is handled, and trace_id and span_id when OpenTelemetry runs.
 */
export const createLogger = (name: string, level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      base: { service: name },
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: currentLogFields,
      serializers: { err: describeError },
      redact: { paths: [...personal, ...personal.map((field) => `*.${field}`)], censor: '[not logged]' },
    },
    destination,
  );
