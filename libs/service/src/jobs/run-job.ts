import { inSpan, withLogFields, type Logger } from '@everyhop/telemetry';
import type { Task } from 'graphile-worker';
import { open } from './envelope.ts';
import type { JobHandler } from './job.ts';

/**
 * One attempt at a job: in a span `job <name>` of the trace in which it was added, with the ids of the causing event
 * on each log line. What the method throws is logged and passed on, so that the job is retried.
 */
export function jobTask({ name, run, maxAttempts }: JobHandler, logger: Logger): Task {
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
        await run(payload, { id, attempt, cause, signal: abortSignal });
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
