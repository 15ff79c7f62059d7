import { observeState, type Logger } from '@everyhop/telemetry';
import { metrics } from '@opentelemetry/api';
import { sql, type Kysely } from 'kysely';
import { countedExactly, readByIndex, sampleOf, scaleOf } from './estimate.ts';

/**
 * Makes the state of the outbox a metric, read from the database only when metrics are collected:
 * `everyhop.outbox.pending` (rows), `everyhop.outbox.refused` (rows) and `everyhop.outbox.oldest_age` (s, of what
 * waits to be sent; 0 when nothing does). More than 10,000 rows are estimated. Without an answer within a second they are
 * left out. Returns what stops it.
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
    read: () => readState(db),
    report(result, row) {
      result.observe(pending, row.pending);
      result.observe(refused, row.refused);
      result.observe(oldestAge, row.oldest_age);
    },
    logger,
  });
}

interface State {
  pending: number;
  refused: number;
  oldest_age: number;
}

async function readState(db: Kysely<any>): Promise<State> {
  const [{ found, pending, refused, oldest_age }] = (await readByIndex(db, state)) as [
    State & { found: number },
  ];
  if (Math.max(found, refused) <= countedExactly) return { pending, refused, oldest_age };
  const [guess] = (await estimated.execute(db)).rows;
  return {
    pending: Math.max(pending, Math.round(guess!.pending)),
    refused: refused <= countedExactly ? refused : Math.max(refused, Math.round(guess!.refused)),
    oldest_age,
  };
}

// As the relay reads: what lies before the rows on disk may be millions that are gone.
const state = sql<State & { found: number }>`
  with recursive buckets as (
    (select bucket from outbox order by bucket limit 1)
    union all
    select (select bucket from outbox where bucket > buckets.bucket order by bucket limit 1)
    from buckets where buckets.bucket is not null
  ), oldest as (
    select first.time from buckets, lateral (
      select time from outbox where bucket = buckets.bucket and refused is null order by position limit 1
    ) as first
  ), listed as (
    select ofbucket.refused from buckets, lateral (
      select refused from outbox where bucket = buckets.bucket order by position
    ) as ofbucket limit ${sql.lit(countedExactly + 1)}
  ), aside as (
    select from outbox where refused is not null limit ${sql.lit(countedExactly + 1)}
  )
  select (select count(*)::int from listed) as found,
         (select count(*)::int from listed where refused is null) as pending,
         (select count(*)::int from aside) as refused,
         greatest(coalesce(extract(epoch from now() - (select min(time) from oldest)), 0), 0)::float8 as oldest_age`;

const estimated = sql<Omit<State, 'oldest_age'>>`
  select (count(*) filter (where refused is null) * ${scaleOf('outbox')})::float8 as pending,
         (count(refused) * ${scaleOf('outbox')})::float8 as refused
  from ${sampleOf('outbox')}`;
