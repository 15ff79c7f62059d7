import type { ConsumedBatch } from '@everyhop/kafka';
import { errorType } from '@everyhop/telemetry';
import { metrics } from '@opentelemetry/api';
import type { Item } from './item.ts';

const meter = metrics.getMeter('everyhop.inbox');

const events = meter.createCounter('everyhop.inbox.events', {
  description: 'Events by handler and what became of them',
  unit: '{event}',
});
const irregularities = meter.createCounter('everyhop.inbox.sequence.irregularities', {
  description: 'Events that were not the next of their key, by topic and kind',
  unit: '{event}',
});
const freshness = meter.createHistogram('everyhop.inbox.freshness', {
  description: 'From the time of an event to the commit of its handling',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600,
    ],
  },
});
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
const consumed = meter.createCounter('messaging.client.consumed.messages', {
  description: 'Records that were fetched from the broker, those that came again included',
  unit: '{message}',
});
const processing = meter.createHistogram('messaging.process.duration', {
  description: 'Duration of one try of a handler, without the transaction around it',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ],
  },
});

/** Counts the records of a batch that has come. */
export function countConsumed({ topic, messages }: ConsumedBatch, group: string): void {
  consumed.add(messages.length, {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'poll',
    'messaging.destination.name': topic,
    'messaging.consumer.group.name': group,
  });
}

/** Counts what became of `items`. */
export function countEvents(
  items: { handler: { id: string } }[],
  outcome: 'handled' | 'replayed' | 'duplicate' | 'retried' | 'parked' | 'dead' | 'unreadable',
): void {
  for (const [handler, { length }] of Map.groupBy(items, (item) => item.handler.id))
    events.add(length, { handler, outcome });
}

/** Counts `items` as handled, and measures how old they are now. */
export function countHandled(items: Pick<Item, 'handler' | 'event'>[]): void {
  countEvents(items, 'handled');
  const now = Date.now();
  for (const { handler, event } of items)
    freshness.record(Math.max(now - event.time.getTime(), 0) / 1_000, { handler: handler.id });
}

/** Runs `work`, one try of a handler, and measures how long it takes. */
export async function measureProcess<R>(
  { topic, handler }: Pick<Item, 'topic' | 'handler'>,
  work: () => Promise<R>,
): Promise<R> {
  const attributes: Record<string, string> = {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'process',
    'messaging.destination.name': topic,
    'everyhop.handler': handler.id,
  };
  const startedAt = performance.now();
  try {
    return await work();
  } catch (error) {
    attributes['error.type'] = errorType(error);
    throw error;
  } finally {
    processing.record((performance.now() - startedAt) / 1_000, attributes);
  }
}

const kinds = ['gap', 'step back'] as const;

/** Begins at 0, as nobody sees a counter increase that is born with 1. */
export function expectNoIrregularity(topics: string[]): void {
  for (const topic of topics) for (const kind of kinds) irregularities.add(0, { topic, kind });
}

/** Counts a gap or a step back in the sequence of a key. */
export function countIrregularity(topic: string, kind: (typeof kinds)[number]): void {
  irregularities.add(1, { topic, kind });
}
