import type { Inbox } from '@everyhop/inbox';
import type { Jobs } from '../jobs/index.ts';
import { type Kysely, sql } from 'kysely';
import { Problem } from '../http/problem.ts';

/** Writes nothing, and fails where nothing can be written. */
const wouldWrite = sql`select from outbox where false for update`;

/** Whether the service can do its work. */
export class Readiness {
  /** Set by `startService` before it listens. */
  inbox: Pick<Inbox, 'isReady' | 'pausedPartitions' | 'slowHandlers'> | undefined;

  constructor(
    private readonly db: Kysely<any>,
    private readonly jobs: Pick<Jobs, 'paused'>,
  ) {}

  /**
   * Rejects with a 503 `Problem` that says why when the database does not answer, or can't be written to. Not being
   * able to consume is told but is no reason to refuse requests: without Kafka a service still answers, and keeps its
   * events until Kafka is back.
   * `paused`: partitions and kinds of jobs that wait because something they need is away. `slow`: handlers that
   * have been running for long, if there are any.
   */
  async check(): Promise<{ status: 'ready'; consuming: boolean; paused: string[]; slow?: string[] }> {
    await wouldWrite.execute(this.db).catch((cause) => {
      throw new Problem({ status: 503, detail: whyNot(cause), cause });
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

function whyNot({ code, severity, message }: { code?: string; severity?: string; message: string }): string {
  if (code === '25006') return 'The database can only be read.';
  return severity === 'ERROR'
    ? `The database can't be written to: ${message}.`
    : 'The database does not answer.';
}
