import type { Inbox } from '@everyhop/inbox';
import type { Jobs } from '../jobs/index.ts';
import { type Kysely, sql } from 'kysely';
import { Problem } from '../http/problem.ts';

/** Whether the service can do its work. */
export class Readiness {
  /** Set by `startService` before it listens. */
  inbox: Pick<Inbox, 'isReady' | 'pausedPartitions' | 'slowHandlers'> | undefined;

  constructor(
    private readonly db: Kysely<any>,
    private readonly jobs: Pick<Jobs, 'paused'>,
  ) {}

  /**
   * Rejects with a 503 `Problem` when the database does not answer. Not being able to consume is told but is no
   * reason to refuse requests: without Kafka a service still answers, and keeps its events until Kafka is back.
   * `paused`: partitions and kinds of jobs that wait because something they need is away. `slow`: handlers that
   * have been running for long, if there are any.
   */
  async check(): Promise<{ status: 'ready'; consuming: boolean; paused: string[]; slow?: string[] }> {
    await sql`select 1`.execute(this.db).catch((cause) => {
      throw new Problem({ status: 503, detail: 'The database does not answer.', cause });
    });
    const { inbox, jobs } = this;
    const paused = [...(inbox?.pausedPartitions() ?? []), ...jobs.paused];
    const slow = (inbox?.slowHandlers() ?? []).map(
      ({ handler, eventId, ms }) => `${handler}: event ${eventId} for ${Math.round(ms / 1_000)} s`,
    );
    return {
      status: 'ready',
      consuming: inbox?.isReady() ?? false,
      paused,
      ...(slow.length > 0 && { slow }),
    };
  }
}
