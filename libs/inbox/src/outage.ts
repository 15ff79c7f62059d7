import { RegistryUnavailable } from '@everyhop/kafka';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const databaseClasses = ['08', '53', '57', '58'];
/** Serialization failure, deadlock, lock timeout: the transaction has to run again, whoever lost. */
const databaseCodes = ['40001', '40P01', '55P03', '25006'];
const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // nodemailer's words for the same
  'ESOCKET',
  'ECONNECTION',
  'EDNS',
];
// pg reports a lost connection as an Error without a code.
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Connection ended)/i;

/**
 * Whether `error` says that something all events need is away (Postgres, registry, network) rather than that this
 * event is bad. Such an error is waited out, and never counts as an attempt.
 */
export function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (error instanceof RegistryUnavailable) return true;
  const { code, severity, message, errors, cause } = error as Partial<
    AggregateError & { code: unknown; severity: unknown }
  >;
  if (Array.isArray(errors)) return errors.some(isOutage);
  if (typeof code !== 'string') return lostConnection.test(message ?? '') || isOutage(cause);
  if (networkCodes.includes(code)) return true;
  // Only an error of Postgres has a severity; a code of two classes elsewhere means something else.
  if (severity === undefined || isCanceled(error)) return false;
  return databaseCodes.includes(code) || databaseClasses.includes(code.slice(0, 2));
}

/**
 * Whether `error` says that a statement was cancelled, mostly by `statement_timeout`. In a handler that is a failure of
 * its event, which may be the only one that takes long.
 */
export const isCanceled = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '57014';
