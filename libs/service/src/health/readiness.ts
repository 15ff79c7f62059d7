import { type Kysely, sql } from 'kysely';
import { Problem } from '../http/problem.ts';

/** Whether the service can do its work. */
export class Readiness {
  /** Whether it is a member of its consumer group (or needs none). */
  isConsuming = () => false;

  constructor(private readonly db: Kysely<any>) {}

  /**
   * Rejects with a 503 `Problem` when the database does not answer. Not being able to consume is told but is no
   * reason to refuse requests: without Kafka a service still answers, and keeps its events until Kafka is back.
   */
  async check(): Promise<{ status: 'ready'; consuming: boolean }> {
    await sql`select 1`.execute(this.db).catch((cause) => {
      throw new Problem({ status: 503, detail: 'The database does not answer.', cause });
    });
    return { status: 'ready', consuming: this.isConsuming() };
  }
}
