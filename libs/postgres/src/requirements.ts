import { sql, type Kysely } from 'kysely';
import { DatabaseNotUtf8, PostgresTooOld, SessionReadOnly } from './errors.ts';

/** `old` and `new` in `returning` are new in it, and so is `uuidv7()`. */
const oldestMajor = 18;
/** The second stores the bytes as they are. */
const encodings = ['UTF8', 'SQL_ASCII'];

/** Throws `PostgresTooOld` unless `version`, as in `18.1 (Debian 18.1-1)`, is one that outbox and inbox work with. */
export function assertVersion(version: string): void {
  if (!(Number.parseInt(version, 10) >= oldestMajor)) throw new PostgresTooOld(version);
}

/**
 * Throws `PostgresTooOld` when the server of `db` says that it is; says nothing when it does not answer, since that
 * passes. For pools of any kind: a `Client` asks by itself.
 */
export async function assertServer(db: Kysely<any>): Promise<void> {
  const version = sql<{ server_version: string }>`show server_version`.execute(db);
  const answer = await version.catch((error: unknown) => {
    if (error instanceof PostgresTooOld || error instanceof DatabaseNotUtf8) throw error;
  });
  if (answer) assertVersion(answer.rows[0]!.server_version);
}

/**
 * Throws unless a session can do all that is asked of it: `PostgresTooOld`, `DatabaseNotUtf8`, `SessionReadOnly`.
 * `reported`: what the server reports at its start (https://www.postgresql.org/docs/current/protocol-flow.html); what
 * a pooler leaves out is believed.
 */
export function assertUsable(reported: ReadonlyMap<string, string>): void {
  const version = reported.get('server_version');
  if (version !== undefined) assertVersion(version);
  const encoding = reported.get('server_encoding') ?? 'UTF8';
  if (!encodings.includes(encoding)) throw new DatabaseNotUtf8(encoding);
  if (reported.get('in_hot_standby') === 'on') throw new SessionReadOnly('the server is a standby');
  if (reported.get('default_transaction_read_only') === 'on')
    throw new SessionReadOnly('default_transaction_read_only is on');
}
