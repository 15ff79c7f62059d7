// eslint-disable-next-line no-restricted-imports -- Moving partitions is for who operates Kafka; nothing of ours does.
import { Kafka, logLevel } from 'kafkajs';
import { waitUntil } from '@everyhop/testing';

/** Puts all partitions of a topic on these brokers; resolves when all of them have their copies. */
export async function moveTopic(bootstrap: string[], topic: string, brokers: number[]): Promise<void> {
  const admin = new Kafka({ brokers: bootstrap, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const partitions = async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions;
  try {
    const partitionAssignment = (await partitions()).map(({ partitionId: partition }) => ({
      partition,
      replicas: brokers,
    }));
    await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
    await waitUntil(
      `${topic} is on ${brokers}`,
      async () =>
        (await partitions()).every(
          ({ isr, replicas }) => isr.length === brokers.length && replicas.length === brokers.length,
        ),
      { timeoutMs: 60_000 },
    );
  } finally {
    await admin.disconnect();
  }
}
