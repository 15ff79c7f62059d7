import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { withAdmin } from './admin.ts';
import type { KafkaConnection } from '../connection/client.ts';

/** A topic among the resources of Kafka, as the protocol counts them; kafkajs has a name that ESM does not see. */
export const topicResource = 2;
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

/** Gives topics exactly the settings in `config`; all others are the broker's defaults. */
export function configureTopics({
  topics,
  ...connection
}: KafkaConnection & { topics: Pick<TopicSettings, 'topic' | 'config'>[] }): Promise<void> {
  return withAdmin(connection, async (admin) => {
    const resources = topics.map(({ topic, config = {} }) => ({
      type: topicResource,
      name: topic,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    }));
    if (resources.length > 0) await admin.alterConfigs({ validateOnly: false, resources });
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
