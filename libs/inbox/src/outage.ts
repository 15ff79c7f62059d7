import { RegistryUnavailable } from '@everyhop/kafka';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const databaseClasses = ['08', '53', '57', '58'];
/** Serialization failure, deadlock: the transaction has to run again, whoever lost. */
const databaseCodes = ['40001', '40P01', '25006'];
const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];
// pg reports a lost connection as an Error without a code.
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Connection ended)/i;

/**
 * Whether `error` says that something all events need is away (Postgres, registry, network) rather than that this
 * event is bad. Such an error is waited out, and never counts as an attempt.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof RegistryUnavailable) return true;
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  if (!(error instanceof Error)) return false;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  if (typeof code === 'string') {
    if (networkCodes.includes(code)) return true;
    const fromPostgres = severity !== undefined;
    if (fromPostgres && (databaseCodes.includes(code) || databaseClasses.includes(code.slice(0, 2))))
      return true;
  }
  return lostConnection.test(error.message);
}
