import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { withAdmin } from './admin.ts';
import type { KafkaConnection } from './client.ts';

const leaderPatienceMs = 15_000;

/** A topic as it should be. */
export interface TopicSettings {
  topic: string;
  partitions: number;
  replicationFactor: number;
  /** Topic settings, e.g. `{ 'retention.ms': '604800000' }`. */
  config?: Record<string, string>;
}

/** Creates the topics that are missing and returns their names; topics that exist are left as they are. */
export function createTopics({
  topics,
  ...connection
}: KafkaConnection & { topics: TopicSettings[] }): Promise<string[]> {
  return withAdmin(connection, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ topic }) => !existing.has(topic));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map(({ topic, partitions, replicationFactor, config = {} }) => ({
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        })),
      });
    }
    const created = missing.map(({ topic }) => topic);
    await untilLed(admin, created);
    return created;
  });
}

// kafkajs's own wait gives up when the broker that it asks has not heard of the topic yet.
async function untilLed(admin: Admin, topics: string[]): Promise<void> {
  const deadline = performance.now() + leaderPatienceMs;
  while (topics.length > 0) {
    try {
      const { topics: found } = await admin.fetchTopicMetadata({ topics });
      if (
        found.every(
          ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
        )
      )
        return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline)
      throw new Error(`${topics.join(', ')}: created, but without a leader so far`);
    await delay(50);
  }
}
