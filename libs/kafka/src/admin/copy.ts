import type { KafkaConnection } from '../connection/client.ts';
import { createCluster } from '../connection/cluster.ts';
import type { HeaderList, StoredRecord } from '../format/decode-batches.ts';
import { offsetRanges, type OffsetRange } from './group-offsets.ts';
import { readPartition } from './read-partition.ts';
import { RecordWriter, type PlacedRecord } from '../producer/record-writer.ts';

/** Gives `work` what writes records to their partitions, in their order and with their times. */
export async function withWriter<R>(
  connection: KafkaConnection,
  work: (write: (records: PlacedRecord[]) => Promise<void>) => Promise<R>,
): Promise<R> {
  const cluster = createCluster(connection);
  await cluster.connect();
  try {
    const writer = await RecordWriter.open(cluster);
    return await work((records) => writer.write(records));
  } finally {
    await cluster.disconnect();
  }
}

/** Some records of a partition, in their order. */
export interface StoredRecords {
  topic: string;
  partition: number;
  messages: StoredRecord[];
}

/**
 * Gives `take` all records of all topics but Kafka's own, from the first to the last that there is when it is called;
 * those of a partition in order and each once. Writing may go on meanwhile, and records may expire. Those of
 * transactions that were aborted, or are open, are left out. `topics`: only these.
 */
export async function readAllTopics(
  connection: KafkaConnection,
  take: (batch: StoredRecords) => Promise<void>,
  topics?: string[],
): Promise<void> {
  await readRanges(connection, await offsetRanges(connection, topics), take);
}

/** The same of parts of partitions: from `first` on, up to `end`. No consumer group is left behind. */
export async function readRanges(
  connection: KafkaConnection,
  ranges: OffsetRange[],
  take: (batch: StoredRecords) => Promise<void>,
): Promise<void> {
  const cluster = createCluster(connection);
  await cluster.connect();
  try {
    await cluster.addMultipleTargetTopics([...new Set(ranges.map(({ topic }) => topic))]);
    for (const range of ranges)
      await readPartition(cluster, range, (messages) => {
        const { topic, partition } = range;
        return take({ topic, partition, messages });
      });
  } finally {
    await cluster.disconnect();
  }
}

/** Headers by their names, as Kafka's clients have them: an array where a name occurs more than once. */
export function headersByName(headers: HeaderList): Record<string, Buffer | null | (Buffer | null)[]> {
  // Without a prototype, of which `constructor` would be found.
  const byName: Record<string, Buffer | null | (Buffer | null)[]> = Object.create(null);
  for (const [name, values] of Map.groupBy(headers, ([name]) => name))
    byName[name] = values.length === 1 ? values[0]![1] : values.map(([, value]) => value);
  return byName;
}
