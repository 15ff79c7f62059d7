import { type KafkaConnection } from '@everyhop/kafka';
import { type GroupOffsets, type TopicPartitionOffset, withWriter } from '@everyhop/kafka/admin';
import { knownToDatabases } from './known-to-databases.ts';
import type { Databases } from './restored-databases.ts';
import { readCopy } from './topic-copy.ts';

/** What is restored, and into what. */
export interface RestoreTopicsOptions {
  kafka: KafkaConnection;
  /** Restored already. */
  databases: Databases;
  /** How far the topics had come before the databases were copied. */
  ends: TopicPartitionOffset[];
  groups: GroupOffsets[];
  folder: string;
}

/** What came of it. */
export interface RestoredTopics {
  written: number;
  /** How many records are newer than the databases. */
  left: number;
  /** The same places, as offsets of the restored topics. */
  groups: GroupOffsets[];
  /** Whether records have other offsets now, as the oldest were not there any more. */
  moved: boolean;
}

const nameOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;

/**
 * Writes the copied records to topics that are empty, each partition up to the first event that the databases do not
 * know. What is behind it came after the copy of the databases: it is unknown to them as well, or it still waits in an
 * outbox and is sent again.
 */
export async function restoreTopics(options: RestoreTopicsOptions): Promise<RestoredTopics> {
  const { kafka, databases, ends, folder } = options;
  const sureBefore = new Map(ends.map((end) => [nameOf(end), end.offset]));
  const counted = options.groups.map(({ groupId, places }) => ({
    groupId,
    // A group may also know places of topics that are gone.
    places: new Map(
      places
        .filter((place) => sureBefore.has(nameOf(place)))
        .map((place) => [nameOf(place), { ...place, before: place.offset, offset: 0n }]),
    ),
  }));
  const written = new Map<string, bigint>();
  const cut = new Set<string>();
  let left = 0;
  let moved = false;
  await withWriter(kafka, async (write) => {
    for await (const records of readCopy(folder)) {
      const isKnown = await knownToDatabases(databases, records);
      const kept = records.filter((record) => {
        const name = nameOf(record);
        if (record.offset >= (sureBefore.get(name) ?? 0n) && !isKnown(record)) cut.add(name);
        return !cut.has(name);
      });
      left += records.length - kept.length;
      if (kept.length > 0) await write(kept);
      for (const record of kept) {
        const name = nameOf(record);
        const offset = written.get(name) ?? 0n;
        moved ||= offset !== record.offset;
        written.set(name, offset + 1n);
        for (const { places } of counted) {
          const place = places.get(name);
          if (place && record.offset < place.before) place.offset++;
        }
      }
    }
  });
  const groups = counted.map(({ groupId, places }) => ({
    groupId,
    places: [...places.values()].map(({ topic, partition, offset }) => ({ topic, partition, offset })),
  }));
  return { written: [...written.values()].reduce((sum, one) => sum + Number(one), 0), left, groups, moved };
}
