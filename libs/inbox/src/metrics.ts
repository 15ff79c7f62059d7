import { metrics } from '@opentelemetry/api';
import type { Item } from './item.ts';

const meter = metrics.getMeter('everyhop.inbox');

const events = meter.createCounter('everyhop.inbox.events', {
  description: 'Events by handler and what became of them',
});
const irregularities = meter.createCounter('everyhop.inbox.sequence.irregularities', {
  description: 'Events that were not the next of their key, by topic and kind',
});

/** Counts what became of `items`. */
export function countEvents(
  items: Pick<Item, 'handler'>[],
  outcome: 'handled' | 'replayed' | 'duplicate' | 'retried' | 'parked' | 'dead' | 'unreadable',
): void {
  for (const { handler } of items) events.add(1, { handler: handler.id, outcome });
}

/** Counts a gap or a step back in the sequence of a key. */
export function countIrregularity(topic: string, kind: string): void {
  irregularities.add(1, { topic, kind });
}
