import { positionsOf } from '@everyhop/kafka/admin';

/** How many records of `topics` a consumer group has not committed yet. */
export async function lagOf(brokers: string[], groupId: string, topics: string[]): Promise<number> {
  const positions = await Promise.all(topics.map((topic) => positionsOf({ brokers, groupId, topic })));
  return positions.flat().reduce((lag, { next, end }) => lag + Number(end - next), 0);
}
