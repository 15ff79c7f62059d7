import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroupOffsets, TopicPartitionOffset, TopicSettings } from '@everyhop/kafka/admin';

/** What a backup says of itself. Groups and ends are from before the copy of the databases, records from after it. */
export interface Manifest {
  at: string;
  topics: TopicSettings[];
  /** What was on the topics already; of what came later some may be newer than the databases. */
  ends: TopicPartitionOffset[];
  groups: GroupOffsets[];
}

const format = 1;
const nameIn = (folder: string) => join(folder, 'manifest.json');

/** Writes the manifest into the backup's `folder`, in place of one that is there; offsets become strings. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const withoutBigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  await writeFile(nameIn(folder), JSON.stringify({ format, ...manifest }, withoutBigints, 2));
}

/** Throws a sentence for what is no backup, or one of another format. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(nameIn(folder), 'utf8').catch((cause) => {
    throw new Error('This is no backup of ./dev backup: it has no manifest.json.', { cause });
  });
  const manifest = JSON.parse(text, (name, value) => (name === 'offset' ? BigInt(value) : value));
  if (manifest.format === format) return manifest;
  throw new Error(`The backup has format ${manifest.format}, this version of Everyhop reads ${format}.`);
}
