import { createClient, type KafkaConnection } from './client.ts';

/** A topic as it should be. */
export interface TopicSettings {
  topic: string;
  partitions: number;
  replicationFactor: number;
  /** Topic settings, e.g. `{ 'retention.ms': '604800000' }`. */
  config?: Record<string, string>;
}

/** Creates the topics that are missing and returns their names; topics that exist are left as they are. */
export async function createTopics({
  topics,
  ...connection
}: KafkaConnection & { topics: TopicSettings[] }): Promise<string[]> {
  const admin = createClient(connection).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ topic }) => !existing.has(topic));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map(({ topic, partitions, replicationFactor, config = {} }) => ({
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        })),
      });
    }
    return missing.map(({ topic }) => topic);
  } finally {
    await admin.disconnect();
  }
}
