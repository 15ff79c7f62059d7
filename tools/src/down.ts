import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '@everyhop/local';
import { endProcess } from './stack/end-process.ts';
import { readRecord } from './stack/record.ts';
import { sweep } from './stack/sweep.ts';

/** `./dev down`: stops everything, also what a killed `./dev up` has left; with `wipe` deletes all data. */
export async function down({ wipe }: { wipe?: boolean }): Promise<number> {
  const { state } = readSettings();
  const record = readRecord(state);
  if (record) {
    console.log('Stopping …');
    // It stops its processes in order, which takes longer when each of them does.
    await endProcess(record.supervisor, 'SIGTERM', 120_000);
    await sweep(state);
  }
  if (wipe) {
    for (const part of ['data', 'logs', 'hold'])
      await rm(join(state, part), { recursive: true, force: true });
    await rmdir(state).catch(() => undefined);
  }
  const what = record ? 'Everything is stopped' : 'Nothing was running';
  console.log(wipe ? `${what}, and all data is deleted.` : `${what}.`);
  return 0;
}
