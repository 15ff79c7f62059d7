import { Client } from './client.ts';

const mark = /^\s*\/\* prepared (\S+) \*\//;

/**
 * A `Client` that has Postgres keep the plans of statements marked by a comment: `prepared outbox-append`.
 * Planning those of outbox and inbox costs more than running them. Mark only what has one good plan, whatever its
 * parameters and however large its tables are: Postgres makes it once a connection.
 */
export class PreparingClient extends Client {
  override query(text: any, ...rest: any[]): any {
    const marked = typeof text === 'string' ? mark.exec(text) : null;
    if (!marked) return (super.query as any)(text, ...rest);
    const [values, callback] = rest;
    // Without the mark: instrumentations take the first word for the operation.
    return super.query({ name: marked[1], text: text.slice(marked[0].length), values }, callback);
  }
}
