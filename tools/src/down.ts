import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '@everyhop/local';
import { endProcess } from './stack/end-process.ts';
import { isSupervised, readRecord } from './stack/record.ts';
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
  const what = record ? 'Everything is stopped' : 'Nothing was running';
  console.log(wipe ? `${what}, ${await deleteAll(state)}.` : `${what}.`);
  return 0;
}

/** What this system, `./dev test`, `./dev chaos` and a restore that was broken off have left. */
const own = ['data', 'logs', 'hold', 'start', 'test', 'chaos', 'restoring'];

/** Deletes what is ours in the folder `state`, and says what stays. */
async function deleteAll(state: string): Promise<string> {
  const inUse: string[] = [];
  for (const name of own) {
    const part = join(state, name);
    const record = readRecord(part);
    if (record && isSupervised(record)) inUse.push(`${part}, which ./dev ${name} works with`);
    else {
      await sweep(part);
      await rm(part, { recursive: true, force: true });
    }
  }
  await rmdir(state).catch(() => undefined);
  const left = await readdir(state).catch(() => []);
  const kept = left.filter((name) => !own.includes(name)).map((name) => join(state, name));
  const stays = [...inUse, ...kept.map((path) => `${path}, which is not ours`)];
  return stays.length > 0 ? `and all data is deleted but ${stays.join(', and ')}` : 'and all data is deleted';
}
