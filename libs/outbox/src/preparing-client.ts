import pg from 'pg';

const mark = /^\s*\/\* prepared (\S+) \*\//;

/**
 * A `pg` client that has Postgres keep the plans of statements marked by a comment: `prepared outbox-append`.
 * Planning those of outbox and inbox costs more than running them. Mark only what has one good plan, whatever its
 * parameters and however large its tables are: Postgres makes it once a connection.
 */
export class PreparingClient extends pg.Client {
  override query(text: any, ...rest: any[]): any {
    const name = typeof text === 'string' ? mark.exec(text)?.[1] : undefined;
    if (name === undefined) return (super.query as any)(text, ...rest);
    const [values, callback] = rest;
    return super.query({ name, text, values }, callback);
  }
}

/** A network that forgets a connection, even an idle one as that of a listener, tells nobody: so it is asked. */
export const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 30_000 };

/** For `new pg.Pool({ connectionString, ...poolOptions })`: what outbox and inbox are fast with. */
export const poolOptions = {
  ...keepAlive,
  // Statements share round trips; without it `pg` sends one at a time.
  pipeline: true,
  Client: PreparingClient,
};
