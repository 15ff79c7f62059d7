import { Partitioners, type Producer as KafkaProducer } from 'kafkajs';
import { createClient, type KafkaConnection } from './client.ts';

/** One record as it goes to a topic. */
export interface OutgoingRecord {
  topic: string;
  /** Records of one key go to one partition (murmur2, as Java clients do). */
  key: string | null;
  value: Buffer | null;
  headers: Record<string, string | Buffer | (string | Buffer)[]>;
}

/** Sends batches in order; see `connectProducer`. */
export interface Producer {
  /** Resolves when all in-sync replicas have every record; rejects when one was not acknowledged (some may have been). */
  send(records: OutgoingRecord[]): Promise<void>;
  disconnect(): Promise<void>;
}

/**
 * Connects an idempotent producer with `acks=all`: within one `send`, retries neither double nor reorder.
 * After a failed `send` the next one starts with a new producer id, since the old one's sequence numbers are unknown.
 */
export async function connectProducer(connection: KafkaConnection): Promise<Producer> {
  const kafka = createClient(connection);
  const open = async () => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 50, retries: 5 },
    });
    await producer.connect();
    return producer;
  };
  let current: KafkaProducer | undefined = await open();

  return {
    async send(records) {
      const producer = (current ??= await open());
      try {
        await producer.sendBatch({ acks: -1, topicMessages: byTopic(records) });
      } catch (error) {
        current = undefined;
        await producer.disconnect().catch(() => {});
        throw error;
      }
    },
    async disconnect() {
      await current?.disconnect();
    },
  };
}

function byTopic(records: OutgoingRecord[]) {
  const topics = Map.groupBy(records, ({ topic }) => topic);
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
