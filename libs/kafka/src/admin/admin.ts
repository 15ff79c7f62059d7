import type { Admin } from 'kafkajs';
import { createClient, type KafkaConnection } from '../connection/client.ts';
import { LEADER_NOT_AVAILABLE } from '../producer/produce-errors.ts';
import { whenCoordinated } from '../producer/when-coordinated.ts';

/** The offsets of the first and the next record of each partition of `topic`. Rejects while one has no leader. */
export async function topicOffsets(admin: Admin, topic: string) {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const { partitions } = topics[0]!;
  const led = partitions.filter(({ leader }) => leader >= 0);
  const offsets = led.length > 0 ? await admin.fetchTopicOffsets(topic) : [];
  // kafkajs leaves out what has no leader, as if there were nothing.
  if (offsets.length < partitions.length)
    throw Object.assign(new Error(`a partition of ${topic} has no leader at the moment`), {
      code: LEADER_NOT_AVAILABLE,
    });
  return offsets;
}

/** Does `work` with a connection of its own; all of it again when a coordinator or a leader is not there yet. */
export async function withAdmin<R>(
  connection: KafkaConnection,
  work: (admin: Admin) => Promise<R>,
): Promise<R> {
  const admin = createClient(connection).admin();
  await admin.connect();
  try {
    return await whenCoordinated(() => work(admin));
  } finally {
    await admin.disconnect();
  }
}
