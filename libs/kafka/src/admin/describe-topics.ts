import type { Admin } from 'kafkajs';
import { withAdmin } from './admin.ts';
import type { KafkaConnection } from '../connection/client.ts';
import { topicResource, type TopicSettings } from './topics.ts';

// As the protocol counts it; kafkajs has a name that ESM does not see.
const dynamicTopicConfig = 1;

/** The names of all topics but Kafka's own. */
export const topicNames = async (admin: Admin): Promise<string[]> =>
  (await admin.listTopics()).filter((topic) => !topic.startsWith('__')).sort();

/** All topics but Kafka's own, as `createTopics` would make them again. */
export function describeTopics(connection: KafkaConnection): Promise<TopicSettings[]> {
  return withAdmin(connection, async (admin) => {
    const names = await topicNames(admin);
    if (names.length === 0) return [];
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    const asked = names.map((name) => ({ type: topicResource, name }));
    const { resources } = await admin.describeConfigs({ resources: asked, includeSynonyms: false });
    return topics.map(({ name: topic, partitions }) => {
      const { configEntries = [] } = resources.find(({ resourceName }) => resourceName === topic) ?? {};
      const own = configEntries.filter((one: any) => one.configSource === dynamicTopicConfig);
      return {
        topic,
        partitions: partitions.length,
        replicationFactor: partitions[0]!.replicas.length,
        config: Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue])),
      };
    });
  });
}
