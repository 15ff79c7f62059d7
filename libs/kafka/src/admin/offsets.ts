import type { Admin } from 'kafkajs';
import { topicOffsets, withAdmin } from './admin.ts';
import type { KafkaConnection } from '../connection/client.ts';

/** Where a consumer group begins again on a topic. */
export interface ResetOptions extends KafkaConnection {
  groupId: string;
  topic: string;
  /** Default: the beginning. A date: the first records at or after it. A number: that offset, in every partition. */
  to?: Date | bigint;
}

/** Sets the offsets of a group, which must not be running, so that it reads `topic` again from `to` on. */
export function resetOffsets({ groupId, topic, to, ...connection }: ResetOptions): Promise<void> {
  return withAdmin(connection, async (admin) => {
    if (to === undefined) return admin.resetOffsets({ groupId, topic, earliest: true });
    const partitions =
      typeof to === 'bigint'
        ? (await topicOffsets(admin, topic)).map(({ partition, high }) => {
            return { partition, offset: String(to < BigInt(high) ? to : high) };
          })
        : // Kafka's times begin in 1970; negative ones mean something else, or nothing.
          await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(to.getTime(), 0));
    return admin.setOffsets({ groupId, topic, partitions });
  });
}

/** How far a group has come on a partition. */
export interface Position {
  partition: number;
  /** Of the next record that the group will be given. */
  next: bigint;
  /** Of the next record that will be written. */
  end: bigint;
}

/** How far a group has come on each partition of `topic`, as far as it has committed. */
export function positionsOf({
  groupId,
  topic,
  ...connection
}: KafkaConnection & { groupId: string; topic: string }): Promise<Position[]> {
  return withAdmin(connection, (admin) => readPositions(admin, { groupId, topic }));
}

/**
 * How far a group has come on each partition of `topic`, by partition. One that has not committed, or whose offset is of
 * no record there is, goes on at the beginning.
 */
export async function readPositions(
  admin: Admin,
  { groupId, topic }: { groupId: string; topic: string },
): Promise<Position[]> {
  // In this order, so that no group seems to be ahead of the end.
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = await topicOffsets(admin, topic);
  // The broker names them in any order.
  const inOrder = offsets.toSorted((one, other) => one.partition - other.partition);
  return inOrder.map(({ partition, low, high }) => {
    const found = committed!.partitions.find((one) => one.partition === partition)?.offset ?? -1;
    const [next, first, end] = [BigInt(found), BigInt(low), BigInt(high)];
    // -1 stands for none; -2, which kafkajs commits when an offset is lost, for the beginning.
    return { partition, next: next < first || next > end ? first : next, end };
  });
}

/** Forgets a group that has no members any more. */
export const deleteGroup = ({
  groupId,
  ...connection
}: KafkaConnection & { groupId: string }): Promise<void> =>
  withAdmin(connection, async (admin) => void (await admin.deleteGroups([groupId])));
