import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type KafkaConnection } from './client.ts';
import { startConsumer, type ConsumedBatch } from './consumer.ts';
import { offsetRanges } from './group-offsets.ts';
import { deleteGroup } from './offsets.ts';

/** A record as it lies on a topic. */
export interface PlacedRecord {
  topic: string;
  partition: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | Buffer[]>;
  /** In ms since 1970. */
  timestamp: string;
}

/** Gives `work` what writes records to their partitions, in their order and with their times. */
export async function withWriter<R>(
  connection: KafkaConnection,
  work: (write: (records: PlacedRecord[]) => Promise<void>) => Promise<R>,
): Promise<R> {
  const producer = createClient(connection).producer({
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  try {
    return await work(async (records) => {
      const ofTopics = Map.groupBy(records, ({ topic }) => topic);
      const topicMessages = [...ofTopics].map(([topic, messages]) => ({ topic, messages }));
      await producer.sendBatch({ acks: -1, topicMessages });
    });
  } finally {
    await producer.disconnect();
  }
}

/**
 * Gives `take` all records of all topics but Kafka's own, from the first to the last that there is when it is called;
 * those of a partition in order and each once. Writing may go on meanwhile. What can't be read is left out, and logged.
 */
export async function readAllTopics(
  connection: KafkaConnection,
  take: (batch: Pick<ConsumedBatch, 'topic' | 'partition' | 'messages'>) => Promise<void>,
): Promise<void> {
  const ranges = await offsetRanges(connection);
  const nameOf = (topic: string, partition: number) => `${topic}/${partition}`;
  const next = new Map(ranges.map(({ topic, partition, first }) => [nameOf(topic, partition), first]));
  const isRead = () =>
    ranges.every(({ topic, partition, end }) => next.get(nameOf(topic, partition))! >= end);
  if (isRead()) return;

  const isReadable = (name: string, offset: string, problem?: Error) => {
    if (problem) connection.logger?.warn({ err: problem, record: `${name}/${offset}` }, 'it is left out');
    return !problem;
  };
  const failed = Promise.withResolvers<never>();
  const groupId = `copy-${randomUUID()}`;
  const consumer = await startConsumer({
    ...connection,
    groupId,
    topics: [...new Set(ranges.map(({ topic }) => topic))],
    async handleBatch({ topic, partition, messages }) {
      const name = nameOf(topic, partition);
      const fresh = messages.filter(
        ({ offset, problem }) => BigInt(offset) >= next.get(name)! && isReadable(name, offset, problem),
      );
      try {
        if (fresh.length > 0) await take({ topic, partition, messages: fresh });
      } catch (error) {
        failed.reject(error);
        throw error;
      }
      next.set(name, BigInt(messages.at(-1)!.offset) + 1n);
    },
  });
  try {
    while (!isRead()) await Promise.race([delay(50), failed.promise]);
  } finally {
    await consumer.stop();
    await deleteGroup({ ...connection, groupId }).catch(() => {});
  }
}
