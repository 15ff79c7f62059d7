import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { engineAddresses, readSettings } from '@everyhop/local';
import { committedOffsets, describeTopics, endOffsets, reach } from '@everyhop/kafka/admin';
import { pack } from './archive.ts';
import { baseBackup } from './base-backup.ts';
import { writeManifest } from './manifest.ts';
import { newFile } from './new-file.ts';
import { copyTopics } from './topic-copy.ts';

/**
 * `./dev backup`: all databases, topics and offsets in one file, while everything runs. Default: one named after the
 * time, where `./dev` was called. One that is there is replaced only with `force`.
 */
export async function backup(name?: string, { force }: { force?: boolean } = {}): Promise<number> {
  const at = new Date().toISOString();
  const file = newFile(at, name, force);
  const { ADMIN_DATABASE_URL, KAFKA_BROKERS } = engineAddresses(readSettings().portBase);
  const kafka = { brokers: KAFKA_BROKERS.split(',') };

  await reach(kafka.brokers);
  const draft = await mkdtemp(`${file}.`);
  const folder = join(draft, 'parts');
  try {
    await mkdir(folder);
    // In this order: groups must not be ahead of the databases, and topics not behind them.
    const groups = await committedOffsets(kafka);
    const topics = await describeTopics(kafka);
    const ends = await endOffsets(kafka);
    console.log('Copying the databases …');
    await baseBackup(ADMIN_DATABASE_URL, join(folder, 'postgres.tar'));
    console.log('Copying the topics …');
    const records = await copyTopics(kafka, join(folder, 'topics'));
    await writeManifest(folder, { at, topics, ends, groups });
    await pack(folder, join(draft, 'packed'));
    await rename(join(draft, 'packed'), file);
    const mib = (await stat(file)).size / 2 ** 20;
    console.log(
      `${file}: all databases, ${records} records on ${topics.length} topics, ${mib.toFixed(1)} MiB.`,
    );
    return 0;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
