import type { Logger } from '@everyhop/telemetry';

const slowMs = 30_000;
/** How long a job may go on after its signal. */
const graceMs = 2_000;

/** A job was still running when its service had to stop. It is run again. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped';
  readonly code = 'JOB_STOPPED';
}

/**
 * Resolves as `running`, a job `name`. Says when it takes long, and rejects with `JobStopped` when it has not settled
 * two seconds after `signal`, so that a job that never does holds up no stop.
 */
export async function watch(
  running: Promise<void>,
  name: string,
  { logger, signal }: { logger: Logger; signal: AbortSignal },
): Promise<void> {
  const begun = performance.now();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  let slow: NodeJS.Timeout;
  const sayIn = (ms: number) => {
    slow = setTimeout(() => {
      logger.warn({ ms: Math.round(performance.now() - begun) }, `job ${name} takes long`);
      sayIn(ms * 2);
    }, ms).unref();
  };
  let grace: NodeJS.Timeout | undefined;
  const stop = () => {
    const error = new JobStopped(`${name} was still running when the service stopped: end with job.signal`);
    grace = setTimeout(() => reject(error), graceMs);
  };
  sayIn(slowMs);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([running, stopped]);
  } finally {
    clearTimeout(slow!);
    clearTimeout(grace);
    signal.removeEventListener('abort', stop);
  }
}
