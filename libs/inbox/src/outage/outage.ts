import { RegistryUnavailable } from '@everyhop/kafka';

/**
 * What an error makes one suspect: that the schema `registry` is away; that a `session` with the database was lost,
 * whoever is to blame; a `conflict` with another transaction, after which this one has to run again; that something
 * `elsewhere` is away which perhaps only some need, such as a server that a handler calls, or room on a disk.
 */
export type Suspicion = 'registry' | 'session' | 'conflict' | 'elsewhere';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const sessionClasses = ['08', '57'];
/** Too many connections, a read-only transaction. */
const sessionCodes = ['53300', '25006'];
/** Serialization failure, deadlock. */
const conflictCodes = ['40001', '40P01'];
const resourceClasses = ['53', '58'];
/** Statement cancelled, mostly by `statement_timeout`; a limit that is set for one session. */
const statementCodes = ['57014', '53400'];
const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNABORTED',
  // fetch's words for the same, as causes
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  // nodemailer's words for the same
  'ESOCKET',
  'ECONNECTION',
  'EDNS',
];
const deepestCause = 8;
// pg reports a lost connection as an Error without a code.
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Connection ended)/i;

/**
 * What `error` makes one suspect; `undefined`: it is a failure of whoever met it. No more than a hint: an outage is what
 * others suffer, too, and `Outages` finds that out.
 */
export function suspicionOf(error: unknown, depth = 0): Suspicion | undefined {
  // An error may be its own cause.
  if (typeof error !== 'object' || error === null || depth > deepestCause) return undefined;
  if (error instanceof RegistryUnavailable) return 'registry';
  const { code, severity, message, errors, cause } = error as Partial<
    AggregateError & { code: unknown; severity: unknown }
  >;
  if (Array.isArray(errors))
    return errors.map((one) => suspicionOf(one, depth + 1)).find((one) => one !== undefined);
  if (typeof code !== 'string')
    return lostConnection.test(message ?? '') ? 'session' : suspicionOf(cause, depth + 1);
  if (networkCodes.includes(code)) return 'elsewhere';
  // Only an error of Postgres has a severity; a code of two classes elsewhere means something else.
  if (severity === undefined || statementCodes.includes(code)) return undefined;
  // Poolers end sessions with this code; as an error it is about one statement, such as one with too many parameters.
  if (code === '08P01' && severity === 'ERROR') return undefined;
  if (conflictCodes.includes(code)) return 'conflict';
  const isOf = (classes: string[]) => classes.includes(code.slice(0, 2));
  if (sessionCodes.includes(code) || isOf(sessionClasses)) return 'session';
  return isOf(resourceClasses) ? 'elsewhere' : undefined;
}

/** Whether `error` may come from something that others need, too; see `suspicionOf`. */
export const isOutage = (error: unknown): boolean => suspicionOf(error) !== undefined;

/** Whether `error` is an answer of Postgres. */
export const isOfPostgres = (error: unknown): boolean =>
  typeof (error as { severity?: unknown } | null)?.severity === 'string';
