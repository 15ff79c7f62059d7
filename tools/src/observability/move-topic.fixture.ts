// eslint-disable-next-line no-restricted-imports -- Moving partitions is for who operates Kafka; nothing of ours does.
import { Kafka, logLevel } from 'kafkajs';
import { waitUntil } from '@everyhop/testing';

/** Puts all partitions of a topic on these brokers; resolves when all copies are in sync. */
export async function moveTopic(bootstrap: string[], topic: string, brokers: number[]): Promise<void> {
  const admin = new Kafka({ brokers: bootstrap, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const partitions = async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions;
  try {
    // In the middle of an election there is no answer.
    await waitUntil(`${topic} moves`, async () => {
      const ids = (await partitions()).map(({ partitionId }) => partitionId);
      const partitionAssignment = ids.map((partition) => ({ partition, replicas: brokers }));
      await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
      return true;
    });
    await waitUntil(`${topic} is on ${brokers}`, async () =>
      (await partitions()).every(
        ({ isr, replicas }) => isr.length === brokers.length && replicas.length === brokers.length,
      ),
    );
  } finally {
    await admin.disconnect();
  }
}
