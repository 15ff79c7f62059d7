// eslint-disable-next-line no-restricted-imports -- Only brokers, and who operates them, remove records.
import { Kafka, logLevel } from 'kafkajs';
import { engines } from '@everyhop/testing';

const kafka = () => new Kafka({ brokers: engines.brokers, logLevel: logLevel.NOTHING });

/** Removes the records of partition 0 before `offset`, as retention does; `-1`: all. */
export async function expire(topic: string, offset: string): Promise<void> {
  const admin = kafka().admin();
  await admin.connect();
  try {
    // Finds out who leads the partition, which deleteTopicRecords does not.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
  } finally {
    await admin.disconnect();
  }
}

/** Writes a transaction to the topic that is given up, as of a producer that is none of ours. */
export async function abortTransaction(topic: string): Promise<void> {
  const transactionalId = `${topic}.aborted`;
  const producer = kafka().producer({ idempotent: true, maxInFlightRequests: 1, transactionalId });
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ key: 'a', value: 'aborted' }] });
    await transaction.abort();
  } finally {
    await producer.disconnect();
  }
}
