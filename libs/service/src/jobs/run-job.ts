import { setTimeout as delay } from 'node:timers/promises';
import { isOutage } from '@everyhop/inbox';
import { inSpan, withLogFields, type Logger } from '@everyhop/telemetry';
import type { Task } from 'graphile-worker';
import { open } from './envelope.ts';
import type { JobHandler } from './job.ts';
import { watch } from './watch-job.ts';

/** Milliseconds between tries while something that all jobs of a kind need is away; doubles from the first to the last. */
const outageDelay = { min: 500, max: 15_000 };

/**
 * One attempt at a job: in a span `job <name>` of the trace in which it was added, with the ids of the causing event
 * on each log line. What the method throws is logged and passed on, so that the job is retried; but an outage (the
 * mail server refuses connections, the database restarts) is waited out here, with the job in `paused`, and is no
 * attempt.
 */
export function jobTask({ name, run, maxAttempts }: JobHandler, logger: Logger, paused: Set<string>): Task {
  return async (stored, { job, abortSignal }) => {
    const { payload, parent, cause } = open(stored);
    const { id, attempts: attempt } = job;
    const attributes = { 'everyhop.job.name': name, 'everyhop.job.id': id, 'everyhop.job.attempt': attempt };
    const fields = {
      job: name,
      job_id: id,
      ...(cause && { event_id: cause.id, correlation_id: cause.correlationId }),
    };
    const work = async () => {
      try {
        const tryOnce = () =>
          watch(run(payload, { id, attempt, cause, signal: abortSignal }), name, {
            logger,
            signal: abortSignal,
          });
        await waitOutOutages(tryOnce, name, { logger, paused, signal: abortSignal });
        logger.debug({ attempt }, `job ${name} done`);
      } catch (err) {
        if (attempt < maxAttempts) logger.warn({ err, attempt }, `job ${name} failed and will be retried`);
        else
          logger.error(
            { err, attempt },
            `job ${name} failed for the last time and rests in graphile_worker.jobs`,
          );
        throw err;
      }
    };
    await withLogFields(fields, () => inSpan(`job ${name}`, work, { attributes, parent }));
  };
}

interface OutageOptions {
  logger: Logger;
  paused: Set<string>;
  signal: AbortSignal | undefined;
}

/** Has `work` of the job `name` done, again and again while something it needs is away; throws all else that it throws. */
async function waitOutOutages(
  work: () => Promise<void>,
  name: string,
  { logger, paused, signal }: OutageOptions,
): Promise<void> {
  try {
    for (let wait = outageDelay.min; ; wait = Math.min(wait * 2, outageDelay.max)) {
      try {
        return await work();
      } catch (err) {
        if (!isOutage(err) || signal?.aborted) throw err;
        if (!paused.has(name)) logger.warn({ err }, `jobs ${name} are paused until it is back`);
        paused.add(name);
        await delay(wait, undefined, { signal }).catch(() => {});
        if (signal?.aborted) throw err;
      }
    }
  } finally {
    if (paused.delete(name)) logger.info({}, `jobs ${name} go on`);
  }
}
