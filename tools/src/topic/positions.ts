import { type KafkaConnection } from '@everyhop/kafka';
import { committedOffsets, offsetRanges, type OffsetRange } from '@everyhop/kafka/admin';

/** A partition, and how many records each group that reads it has not committed yet. */
export interface PartitionState extends OffsetRange {
  lag: Record<string, bigint>;
}

/**
 * The partitions of all topics but Kafka's own, each with the lag of the groups that have committed anything on its
 * topic; a group begins at the first record where it has not.
 */
export async function readPositions(connection: KafkaConnection): Promise<PartitionState[]> {
  // In this order, so that no group seems to be ahead of the end.
  const groups = await committedOffsets(connection);
  const ranges = await offsetRanges(connection);
  const byPlace = ranges.toSorted((one, other) => one.partition - other.partition);
  return byPlace.map((range) => {
    const { topic, partition, first, end } = range;
    const readers = groups.filter(({ places }) => places.some((place) => place.topic === topic));
    const lag = readers.map(({ groupId, places }): [string, bigint] => {
      const place = places.find((one) => one.topic === topic && one.partition === partition);
      const isThere = place && place.offset >= first && place.offset <= end;
      return [groupId, end - (isThere ? place.offset : first)];
    });
    return { ...range, lag: Object.fromEntries(lag.sort()) };
  });
}

/** What several partitions come to. */
export function total(partitions: PartitionState[]): { records: bigint; lag: Record<string, bigint> } {
  const lag: Record<string, bigint> = {};
  let records = 0n;
  for (const one of partitions) {
    records += one.end - one.first;
    for (const [group, left] of Object.entries(one.lag)) lag[group] = (lag[group] ?? 0n) + left;
  }
  return { records, lag };
}
