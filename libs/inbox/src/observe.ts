import { metrics } from '@opentelemetry/api';
import { sql, type Kysely } from 'kysely';
import type { Inbox } from './inbox.ts';

/**
 * Makes the state of an inbox a metric, read whenever metrics are collected and never else:
 * `everyhop.inbox.parked` (events, by handler and state) and `everyhop.inbox.paused` (partitions that wait because
 * something all events need is away). Returns what stops it.
 */
export function observeInbox(inbox: Inbox, db: Kysely<any>): () => void {
  const meter = metrics.getMeter('everyhop.inbox');
  const parked = meter.createObservableGauge('everyhop.inbox.parked', { unit: '{event}' });
  const paused = meter.createObservableGauge('everyhop.inbox.paused', { unit: '{partition}' });
  const gauges = [parked, paused];
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
    result.observe(paused, inbox.pausedPartitions().length);
    const { rows } = await sql<{ handler: string; state: string; events: number }>`
      select handler, state, count(*)::int as events from inbox_parked group by handler, state`.execute(db);
    for (const { handler, state, events } of rows) result.observe(parked, events, { handler, state });
  };
  meter.addBatchObservableCallback(observe, gauges);
  return () => meter.removeBatchObservableCallback(observe, gauges);
}
