import { topicOffsets, withAdmin } from './admin.ts';
import type { KafkaConnection } from '../connection/client.ts';
import { createCluster, GROUP_COORDINATOR } from '../connection/cluster.ts';
import { topicNames } from './describe-topics.ts';
import { whenCoordinated } from '../producer/when-coordinated.ts';

/** Of a partition: the offset of the next record that a group is given, or of the next that is written. */
export interface TopicPartitionOffset {
  topic: string;
  partition: number;
  offset: bigint;
}

/** Of a partition: the offset of its first record, and that of the next one that it is given. */
export interface OffsetRange {
  topic: string;
  partition: number;
  first: bigint;
  end: bigint;
}

/** How far a group has come. */
export interface GroupOffsets {
  groupId: string;
  /** One for each partition that it has committed; backups have them under this name. */
  places: TopicPartitionOffset[];
}

/** The first and the end offset of each partition of `topics`; by default of all but Kafka's own. */
export function offsetRanges(connection: KafkaConnection, topics?: string[]): Promise<OffsetRange[]> {
  return withAdmin(connection, async (admin) => {
    const ranges: OffsetRange[] = [];
    // One after the other: side by side, what kafkajs reads for one topic may replace what it knows of another.
    for (const topic of topics ?? (await topicNames(admin)))
      for (const { partition, low, high } of await topicOffsets(admin, topic))
        ranges.push({ topic, partition, first: BigInt(low), end: BigInt(high) });
    return ranges;
  });
}

/** What was written to `topics` since `time`, by the records' own times. */
export function offsetsSince(
  connection: KafkaConnection,
  topics: string[],
  time: Date,
): Promise<OffsetRange[]> {
  return withAdmin(connection, async (admin) => {
    const ranges: OffsetRange[] = [];
    for (const topic of topics) {
      const since = await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(time.getTime(), 0));
      for (const { partition, high } of await topicOffsets(admin, topic)) {
        const first = BigInt(since.find((one) => one.partition === partition)?.offset ?? high);
        ranges.push({ topic, partition, first, end: BigInt(high) });
      }
    }
    return ranges;
  });
}

/** The end of each partition of all topics but Kafka's own. */
export async function endOffsets(connection: KafkaConnection): Promise<TopicPartitionOffset[]> {
  const ranges = await offsetRanges(connection);
  return ranges.map(({ topic, partition, end }) => ({ topic, partition, offset: end }));
}

/** How far each group has come, as far as it has committed. */
export function committedOffsets(connection: KafkaConnection): Promise<GroupOffsets[]> {
  return withAdmin(connection, async (admin) => {
    const { groups } = await admin.listGroups();
    const ofGroups: GroupOffsets[] = [];
    for (const { groupId } of groups) {
      const topics = await admin.fetchOffsets({ groupId });
      const places = topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) })),
      );
      ofGroups.push({ groupId, places: places.filter(({ offset }) => offset >= 0n) });
    }
    return ofGroups;
  });
}

/** Commits the offsets of groups that have no members. */
export async function commitOffsets(connection: KafkaConnection, groups: GroupOffsets[]): Promise<void> {
  const cluster = createCluster(connection);
  await cluster.connect();
  try {
    for (const { groupId, places } of groups) {
      const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, its]) => ({
        topic,
        partitions: its.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
      }));
      // As one that is no member of the group.
      const request = { groupId, groupGenerationId: -1, memberId: '', topics };
      await whenCoordinated(async () => {
        const broker = await cluster.findGroupCoordinator({ groupId, coordinatorType: GROUP_COORDINATOR });
        await broker.offsetCommit(request);
      });
    }
  } finally {
    await cluster.disconnect();
  }
}
