import { endProcess } from './end-process.ts';
import { AlreadyRunning } from './errors.ts';
import { isSupervised, readRecord, removeRecord } from './record.ts';

/**
 * Ends what a stack in the folder `state` has left behind whose supervisor is gone, e.g. killed. Throws
 * `AlreadyRunning` when there is one that is looked after.
 */
export async function sweep(state: string): Promise<void> {
  const record = readRecord(state);
  if (!record) return;
  if (isSupervised(record)) throw new AlreadyRunning(record.supervisor.pid);
  const left = Object.values(record.components).flatMap(({ process }) => process ?? []);
  await Promise.all(left.map((process) => endProcess(process)));
  removeRecord(state);
}
