import type { Logger } from '@everyhop/telemetry';
import { Logger as WorkerLogger } from 'graphile-worker';

const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'debug' } as const;

/** Graphile Worker's log in ours, its routine messages as debug, without those on failed jobs: {@link jobTask} logs them. */
export function workerLog(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message, meta) => {
    if (!meta?.failure) logger[levels[level]]({ err: meta?.error }, message);
  });
}
