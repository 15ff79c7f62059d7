import { setImmediate } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import type pg from 'pg';

/**
 * Makes the connections of `pool` a metric: `db.client.connection.count` (by state, used or idle), `.max` and
 * `.pending_requests` (who waits for one), each with the pool's `name`. Returns what stops it. (Those of the
 * instrumentation of `pg` mix up pools, and lag behind.)
 */
export function observePool(pool: pg.Pool, name: string): () => void {
  const meter = metrics.getMeter('everyhop.service');
  const count = meter.createObservableUpDownCounter('db.client.connection.count', {
    description: 'Connections to the database, by what they are doing',
    unit: '{connection}',
  });
  const max = meter.createObservableUpDownCounter('db.client.connection.max', {
    description: 'Connections to the database that are allowed',
    unit: '{connection}',
  });
  const pending = meter.createObservableUpDownCounter('db.client.connection.pending_requests', {
    description: 'Who waits for a connection to the database',
    unit: '{request}',
  });
  const labels = { 'db.client.connection.pool.name': name };
  const gauges = [count, max, pending];
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
    // By now whoever else is asked for metrics has a connection, if there is one, and does not count as waiting.
    await setImmediate();
    const { totalCount, idleCount, waitingCount, options } = pool;
    const used = totalCount - idleCount;
    result.observe(count, used, { ...labels, 'db.client.connection.state': 'used' });
    result.observe(count, idleCount, { ...labels, 'db.client.connection.state': 'idle' });
    result.observe(max, options.max, labels);
    result.observe(pending, waitingCount, labels);
  };
  meter.addBatchObservableCallback(observe, gauges);
  return () => meter.removeBatchObservableCallback(observe, gauges);
}
