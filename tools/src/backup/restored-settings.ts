import { type KafkaConnection } from '@everyhop/kafka';
import { configureTopics, createTopics, type TopicSettings } from '@everyhop/kafka/admin';

// What a topic has may be more than its settings would take now: larger since a limit was lowered or as it is not
// compressed yet, without a key since before it was compacted, so old that it would expire while others
// are written, or of a time to come.
const whileWriting = {
  'max.message.bytes': String(100 * 2 ** 20),
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'message.timestamp.after.max.ms': String(2n ** 63n - 1n),
  'message.timestamp.before.max.ms': String(2n ** 63n - 1n),
};

/** Creates topics, on one broker, that take any record while `work` writes to them, and then gives them their settings. */
export async function withTopics<R>(
  kafka: KafkaConnection,
  topics: TopicSettings[],
  work: () => Promise<R>,
): Promise<R> {
  const ofOneBroker = topics.map(({ config, ...topic }) => {
    const { 'min.insync.replicas': _, ...own } = config ?? {};
    return { ...topic, replicationFactor: 1, config: own };
  });
  await createTopics({ ...kafka, topics: ofOneBroker.map((topic) => ({ ...topic, config: whileWriting })) });
  const result = await work();
  await configureTopics({ ...kafka, topics: ofOneBroker });
  return result;
}
