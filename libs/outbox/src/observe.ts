import { observeState, type Logger } from '@everyhop/telemetry';
import { metrics } from '@opentelemetry/api';
import { sql, type Kysely } from 'kysely';

/**
 * Makes the state of the outbox a metric, read from the database only when metrics are collected:
 * `everyhop.outbox.pending` (rows), `everyhop.outbox.refused` (rows) and `everyhop.outbox.oldest_age` (s, of what
 * waits to be sent; 0 when nothing does). Without an answer within a second they are left out. Returns what stops it.
 */
export function observeOutbox(db: Kysely<any>, logger?: Logger): () => void {
  const meter = metrics.getMeter('everyhop.outbox');
  const pending = meter.createObservableGauge('everyhop.outbox.pending', {
    description: 'Events that wait to be sent to the broker',
    unit: '{event}',
  });
  const refused = meter.createObservableGauge('everyhop.outbox.refused', {
    description: 'Events that the broker refused for good',
    unit: '{event}',
  });
  const oldestAge = meter.createObservableGauge('everyhop.outbox.oldest_age', {
    description: 'Age of the oldest event that waits to be sent; 0 when none does',
    unit: 's',
  });
  return observeState({
    of: 'the outbox',
    meter,
    gauges: [pending, refused, oldestAge],
    read: async () => (await state.execute(db)).rows[0]!,
    report(result, row) {
      result.observe(pending, row.pending);
      result.observe(refused, row.refused);
      result.observe(oldestAge, row.oldest_age);
    },
    logger,
  });
}

const state = sql<{ pending: number; refused: number; oldest_age: number }>`
  select count(*) filter (where refused is null)::int as pending, count(refused)::int as refused,
         greatest(coalesce(extract(epoch from now() - min(time) filter (where refused is null)), 0), 0)::float8 as oldest_age
  from outbox`;
