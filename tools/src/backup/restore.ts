import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, readSettings, unpackBaseBackup } from '@everyhop/local';
import { commitOffsets } from '@everyhop/kafka/admin';
import { readRecord } from '../stack/record.ts';
import { startStack } from '../stack/start-stack.ts';
import { openState } from '../stack/state-folder.ts';
import { sweep } from '../stack/sweep.ts';
import { fileFrom, unpack } from './archive.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { forgetOffsets, openDatabases } from './restored-databases.ts';
import { restoreTopics } from './restore-topics.ts';
import { withTopics } from './restored-settings.ts';

/**
 * `./dev restore`: makes the data of a local system from a backup. It must not run, nor have any. What is there
 * when it fails is not used by anything.
 */
export async function restore(name: string): Promise<number> {
  const { state } = readSettings();
  if (readRecord(state)) throw new Error('Everyhop runs: stop it with ./dev down first.');
  if (await exists(join(state, 'data')))
    throw new Error(
      `There is data in ${state}: save it with ./dev backup if it matters, and delete it with ./dev down --wipe.`,
    );

  openState(state);
  const draft = join(state, 'restoring');
  const unpacked = join(draft, 'backup');
  await sweep(draft);
  await rm(draft, { recursive: true, force: true });
  await mkdir(unpacked, { recursive: true });
  try {
    await unpack(fileFrom(name), unpacked);
    const manifest = await readManifest(unpacked);
    await unpackBaseBackup(join(unpacked, 'postgres.tar'), join(draft, 'data/postgres'));
    console.log('Starting PostgreSQL and Kafka …');
    const { written, left } = await fillTopics(draft, join(unpacked, 'topics'), manifest);
    await rename(join(draft, 'data'), join(state, 'data'));
    console.log(
      `All is as it was ${manifest.at}: ${written} records; ${left} came after that and are left out.\n` +
        './dev up starts it.',
    );
    return 0;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rmdir(state).catch(() => undefined);
  }
}

/** Starts the engines on the databases in `state`, makes the topics that go with them, and stops the engines again. */
async function fillTopics(state: string, folder: string, { at, topics, ends, groups }: Manifest) {
  await using stack = await startStack({ state, only: ['postgres', 'kafka'], portBase: 'free' });
  const { KAFKA_BROKERS, ADMIN_DATABASE_URL } = stack.engines;
  const kafka = { brokers: KAFKA_BROKERS.split(',') };
  await using databases = await openDatabases(ADMIN_DATABASE_URL);
  const restored = await withTopics(kafka, topics, () =>
    restoreTopics({ kafka, databases, ends, groups, folder }),
  );
  await commitOffsets(kafka, restored.groups);
  if (restored.moved) await forgetOffsets(databases, at);
  return restored;
}
