import { createClient, type KafkaConnection } from './client.ts';

/** Where a consumer group begins again on a topic. */
export interface ResetOptions extends KafkaConnection {
  groupId: string;
  topic: string;
  /** Default: the beginning. A date: the first records at or after it. */
  to?: Date;
}

/** Sets the offsets of a group, which must not be running, so that it reads `topic` again from `to` on. */
export async function resetOffsets({ groupId, topic, to, ...connection }: ResetOptions): Promise<void> {
  const admin = createClient(connection).admin();
  await admin.connect();
  try {
    if (to === undefined) return await admin.resetOffsets({ groupId, topic, earliest: true });
    const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, to.getTime());
    await admin.setOffsets({ groupId, topic, partitions });
  } finally {
    await admin.disconnect();
  }
}
