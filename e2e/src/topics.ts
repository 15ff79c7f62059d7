import { fromHeaders, type EventMetadata, type EventType } from '@everyhop/events';
import { connectRegistry, startConsumer } from '@everyhop/kafka';
import { engines, randomName } from '@everyhop/testing';

/** An event as it lies on its topic. */
export interface Published<T> {
  event: EventMetadata;
  data: T;
}

/** All events of one type, those of the past too, each id once; it grows until disposed. */
export async function allOf<T>(type: EventType<T>): Promise<AsyncDisposable & { events(): Published<T>[] }> {
  const registry = connectRegistry({ url: engines.registryUrl });
  const byId = new Map<string, Published<T>>();
  const consumer = await startConsumer({
    brokers: engines.brokers,
    groupId: randomName('e2e'),
    topics: [type.topic],
    async handleBatch({ messages }) {
      for (const { headers, value } of messages) {
        if (headers?.['ce_type']?.toString() !== type.type) continue;
        const event = fromHeaders(headers);
        byId.set(event.id, { event, data: await registry.decode(type, value) });
      }
    },
  });
  return {
    events: () => [...byId.values()],
    [Symbol.asyncDispose]: () => consumer.stop(),
  };
}
