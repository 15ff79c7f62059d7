import { fromHeaders, InvalidEnvelope, type EventMetadata, type EventType } from '@everyhop/events';
import { Producers, SchemaRegistry, startConsumer, Undecodable, type ConsumedBatch } from '@everyhop/kafka';
import { engines, randomName } from '@everyhop/testing';

/** A record as it lies on a topic. */
export type TopicRecord = ConsumedBatch['messages'][number];

/** Reads a topic from its first record on, until disposed. */
export async function readTopic(
  topic: string,
  take: (record: TopicRecord) => Promise<void>,
): Promise<AsyncDisposable> {
  const consumer = await startConsumer({
    brokers: engines.brokers,
    groupId: randomName('e2e'),
    topics: [topic],
    async handleBatch({ messages }) {
      for (const record of messages) await take(record);
    },
  });
  return { [Symbol.asyncDispose]: () => consumer.stop() };
}

/** An event as it was published. */
export interface Published<T> {
  event: EventMetadata;
  data: T;
}

/** All events of a type, from the first one on, each once: one that is sent again has the same id. It grows until disposed. */
export async function readEvents<T>(
  type: EventType<T>,
): Promise<AsyncDisposable & { seen(): Published<T>[] }> {
  const registry = new SchemaRegistry({ url: engines.registryUrl });
  const byId = new Map<string, Published<T>>();
  const reading = await readTopic(type.topic, async ({ headers, value }) => {
    if (headers?.['ce_type']?.toString() !== type.type) return;
    try {
      const event = fromHeaders(headers);
      byId.set(event.id, { event, data: await registry.decode(type, value) });
    } catch (error) {
      // Other tests put records there that nobody can read.
      if (!(error instanceof InvalidEnvelope || error instanceof Undecodable)) throw error;
    }
  });
  return { seen: () => [...byId.values()], [Symbol.asyncDispose]: () => reading[Symbol.asyncDispose]() };
}

/** Writes a record to a topic, as anybody could who has access. */
export async function writeRecord(
  topic: string,
  record: { key: string; value: Buffer; headers?: Record<string, string> },
): Promise<void> {
  const producers = new Producers({ brokers: engines.brokers });
  try {
    const producer = await producers.open();
    await producer.send([{ topic, headers: {}, ...record }]);
  } finally {
    await producers.disconnect();
  }
}
