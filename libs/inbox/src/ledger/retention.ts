import { silentLogger, type Duration, type Logger } from '@everyhop/telemetry';
import { toMs } from '@everyhop/telemetry/internal';
import { sql, type Kysely } from 'kysely';
import { forgetKeys } from './sequence-retention.ts';

/** For how long handled events are remembered. */
export interface Retention {
  /**
   * An event that is delivered again after that is handled again, so keep them for longer than the topics
   * keep their records. Default: `'14d'` (Kafka's default is 7 days for records).
   */
  keep: Duration;
  /** The most rows removed in one transaction. Default: 5,000. */
  batchSize: number;
}

/** How handled events are kept unless a service says otherwise. */
export const defaultRetention: Retention = { keep: '14d', batchSize: 5_000 };

const everyMs = 3_600_000;

/**
 * Removes, in small transactions, what was handled or discarded longer ago than the retention, and returns how many
 * rows. Parked and dead events stay until they are handled or an operator decides.
 */
export async function removeHandled(db: Kysely<any>, { keep, batchSize }: Retention): Promise<number> {
  for (let removed = 0; ;) {
    const { rows } = await sql<{ gone: number }>`
      with gone as (
        delete from inbox where ctid = any(array(
          select ctid from inbox
          where handled_at < now() - ${`${toMs(keep)} milliseconds`}::interval and outcome in ('handled', 'discarded')
          order by handled_at limit ${batchSize} for update skip locked
        )) returning handler, event_id
      ), history as (
        delete from inbox_history using gone
        where inbox_history.handler = gone.handler and inbox_history.event_id = gone.event_id
      )
      select count(*)::int as gone from gone`.execute(db);
    const { gone } = rows[0]!;
    removed += gone;
    if (gone < batchSize) return removed;
  }
}

/** Applies the retention to the inbox of `db` every hour, at a random minute. Returns what stops it. */
export function scheduleRetention(
  db: Kysely<any>,
  retention: Retention,
  logger: Logger = silentLogger,
): () => void {
  const apply = async () => {
    try {
      const removed = await removeHandled(db, retention);
      if (removed > 0) logger.info({ removed }, 'forgot events that were handled long ago');
      const keys = await forgetKeys(db, retention.keep);
      if (keys > 0) logger.info({ keys }, 'forgot how far keys had come of which nothing came for long');
    } catch (error) {
      logger.warn({ err: error }, 'the inbox could not be cleaned up; trying again in an hour');
    }
  };
  let timer = setTimeout(function again() {
    void apply();
    timer = setTimeout(again, everyMs).unref();
  }, Math.random() * everyMs).unref();
  return () => clearTimeout(timer);
}
