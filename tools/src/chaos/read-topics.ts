import { setTimeout as delay } from 'node:timers/promises';
import { allEvents, fromHeaders } from '@everyhop/events';
import { type ConsumedBatch, SchemaRegistry, startConsumer } from '@everyhop/kafka';
import type { EngineAddresses } from '@everyhop/local';
import { lagOf } from './lag.ts';

/** A record on a topic. */
export interface TopicRecord {
  topic: string;
  key: string;
  /** The event's id. */
  id: string;
  type: string;
  /** The number of the event among those of its key. */
  sequence: number;
  /** The order that it is about, if it is about one. */
  orderId: string | null;
}

/** The topics of the events. */
export const eventTopics: string[] = [...new Set(allEvents.map(({ topic }) => topic))];

const readerGroup = 'chaos';

/** All events on their topics, from the first to the last there is now. */
export async function readTopics({
  KAFKA_BROKERS,
  SCHEMA_REGISTRY_URL,
}: EngineAddresses): Promise<TopicRecord[]> {
  const brokers = KAFKA_BROKERS.split(',');
  const registry = new SchemaRegistry({ url: SCHEMA_REGISTRY_URL });
  // By its place: the consumer may be given a record again.
  const records = new Map<string, TopicRecord>();
  const consumer = await startConsumer({
    brokers,
    groupId: readerGroup,
    topics: eventTopics,
    async handleBatch({ topic, partition, messages }) {
      for (const message of messages)
        records.set(`${topic}/${partition}/${message.offset}`, await toRecord(topic, message, registry));
    },
  });
  try {
    while ((await lagOf(brokers, readerGroup, eventTopics)) > 0) await delay(200);
  } finally {
    await consumer.stop();
  }
  return [...records.values()];
}

async function toRecord(
  topic: string,
  { headers = {}, value }: ConsumedBatch['messages'][number],
  registry: SchemaRegistry,
): Promise<TopicRecord> {
  const { id, type, key, sequence } = fromHeaders(headers);
  const event = allEvents.find((known) => known.type === type)!;
  const { orderId = null } = await registry.decode<{ orderId?: string | null }>(event, value);
  return { topic, key, id, type, sequence: Number(sequence), orderId };
}
