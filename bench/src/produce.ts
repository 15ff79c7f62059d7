import { toHeaders, type DomainEvent } from '@everyhop/events';
import type { SchemaRegistry } from '@everyhop/kafka';
import type { Message } from 'kafkajs';
import { kafka } from './kafka.ts';

/** The message that our relay would send of `event`, as number `sequence` of its key. */
export async function toMessage(
  registry: SchemaRegistry,
  event: DomainEvent,
  sequence: number,
): Promise<Message> {
  const { id, key, time } = event;
  const { type } = event.eventType;
  const envelope = { id, key, time, type, source: 'bench', sequence: BigInt(sequence), correlationId: id };
  return { key, value: await registry.encode(event), headers: toHeaders(envelope) };
}

/** Puts `events` on their topic. */
export async function produce(registry: SchemaRegistry, events: DomainEvent[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const last = new Map<string, number>();
  for (let from = 0; from < events.length; from += 1_000) {
    const messages = events.slice(from, from + 1_000).map((event) => {
      const sequence = (last.get(event.key) ?? 0) + 1;
      last.set(event.key, sequence);
      return toMessage(registry, event, sequence);
    });
    await producer.send({
      topic: events[0]!.eventType.topic,
      acks: -1,
      messages: await Promise.all(messages),
    });
  }
  await producer.disconnect();
}
