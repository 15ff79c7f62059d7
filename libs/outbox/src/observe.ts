import { metrics } from '@opentelemetry/api';
import type pg from 'pg';

/**
 * Makes the state of the outbox a metric, read from the database whenever metrics are collected and never else:
 * `everyhop.outbox.pending` (rows), `everyhop.outbox.refused` (rows) and `everyhop.outbox.oldest_age` (s, of what
 * waits to be sent; 0 when nothing does). Returns what stops it.
 */
export function observeOutbox(pool: pg.Pool): () => void {
  const meter = metrics.getMeter('everyhop.outbox');
  const pending = meter.createObservableGauge('everyhop.outbox.pending', { unit: '{event}' });
  const refused = meter.createObservableGauge('everyhop.outbox.refused', { unit: '{event}' });
  const oldestAge = meter.createObservableGauge('everyhop.outbox.oldest_age', { unit: 's' });
  const gauges = [pending, refused, oldestAge];
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
    const { rows } = await pool.query(state);
    result.observe(pending, rows[0].pending);
    result.observe(refused, rows[0].refused);
    result.observe(oldestAge, rows[0].oldest_age);
  };
  meter.addBatchObservableCallback(observe, gauges);
  return () => meter.removeBatchObservableCallback(observe, gauges);
}

const state = `
  select count(*) filter (where refused is null)::int as pending, count(refused)::int as refused,
         coalesce(extract(epoch from now() - min(time) filter (where refused is null)), 0)::float8 as oldest_age
  from outbox`;
