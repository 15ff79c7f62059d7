import { allEvents, fromHeaders } from '@everyhop/events';
import { SchemaRegistry } from '@everyhop/kafka';
import { headersByName, readAllTopics, type StoredRecord } from '@everyhop/kafka/admin';
import type { EngineAddresses } from '@everyhop/local';

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

const eventTopics = new Set(allEvents.map(({ topic }) => topic));

/** All events on their topics, from the first to the last there is now; those of a partition in their order. */
export async function readTopics({
  KAFKA_BROKERS,
  SCHEMA_REGISTRY_URL,
}: EngineAddresses): Promise<TopicRecord[]> {
  const registry = new SchemaRegistry({ url: SCHEMA_REGISTRY_URL });
  const records: TopicRecord[] = [];
  await readAllTopics({ brokers: KAFKA_BROKERS.split(',') }, async ({ topic, messages }) => {
    if (!eventTopics.has(topic)) return;
    for (const message of messages) records.push(await toRecord(topic, message, registry));
  });
  return records;
}

async function toRecord(
  topic: string,
  { headers, value }: StoredRecord,
  registry: SchemaRegistry,
): Promise<TopicRecord> {
  const { id, type, key, sequence } = fromHeaders(headersByName(headers));
  const event = allEvents.find((known) => known.type === type)!;
  const { orderId = null } = await registry.decode<{ orderId?: string | null }>(event, value);
  return { topic, key, id, type, sequence: Number(sequence), orderId };
}
