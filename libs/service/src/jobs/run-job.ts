import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '@everyhop/inbox/internal';
import { inSpan, withLogFields, type Logger } from '@everyhop/telemetry';
import type { JobHelpers, Task } from 'graphile-worker';
import { open } from './envelope.ts';
import type { JobHandler } from './job.ts';
import type { JobOutages } from './job-outages.ts';
import { postpone } from './postpone.ts';
import { watch } from './watch-job.ts';

/**
 * One attempt at a job: in a span `job <name>` of the trace in which it was added, with the ids of the causing event
 * on each log line. What the method throws is logged and passed on, so that the job is retried. When it looks like an
 * outage (the mail server refuses connections, the database restarts), the job is put off and its worker is free; that
 * is no attempt unless others of its kind get through.
 */
export function jobTask(handler: JobHandler, logger: Logger, outages: JobOutages): Task {
  const { name, run, maxAttempts } = handler;
  return async (stored, helpers) => {
    const { job, abortSignal: signal } = helpers;
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
        await watch(run(payload, { id, attempt, cause, signal }), name, { logger, signal });
        outages.passed(name, id);
        logger.debug({ attempt }, `job ${name} done`);
      } catch (err) {
        const waitMs = signal?.aborted ? undefined : outages.waitOf(name, id, err);
        if (waitMs !== undefined) await putOff(helpers, waitMs, err);
        else if (attempt < maxAttempts)
          logger.warn({ err, attempt }, `job ${name} failed and will be retried`);
        else {
          outages.forget(name, id);
          logger.error(
            { err, attempt },
            `job ${name} failed for the last time and rests in graphile_worker.jobs`,
          );
        }
        throw storableError(err);
      }
    };
    await withLogFields(fields, () => inSpan(`job ${name}`, work, { attributes, parent }));
  };
}

/** What Graphile Worker can note about the failure: if it can't, it ends all workers. */
function storableError(err: unknown): Error {
  const message = reasonOf(err);
  return err instanceof Error && err.message === message ? err : new Error(message, { cause: err });
}

// While the database is away, no other job could be taken either.
async function putOff(helpers: JobHelpers, waitMs: number, err: unknown): Promise<void> {
  const reason = reasonOf(err);
  for (;;) {
    try {
      return await postpone(helpers, waitMs, reason);
    } catch {
      await delay(waitMs, undefined, { signal: helpers.abortSignal }).catch(() => {});
      if (helpers.abortSignal?.aborted) return;
    }
  }
}
