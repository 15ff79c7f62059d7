import { countedExactly, readByIndex, sampleOf, scaleOf } from '@everyhop/outbox/internal';
import { observeState, type Logger } from '@everyhop/telemetry';
import { metrics } from '@opentelemetry/api';
import { sql, type Kysely } from 'kysely';
import type { Inbox } from './inbox.ts';

/**
 * Makes the state of an inbox a metric, read only when metrics are collected:
 * `everyhop.inbox.parked` (events, by handler and state, more than 10,000 estimated; left out when the database does not
 * answer within a second), `everyhop.inbox.paused` (partitions that wait because something all events need is away) and
 * `everyhop.inbox.slow` (for how long each handler that takes long has been running). Returns what stops it.
 */
export function observeInbox(inbox: Inbox, db: Kysely<any>, logger?: Logger): () => void {
  const meter = metrics.getMeter('everyhop.inbox');
  const parked = meter.createObservableGauge('everyhop.inbox.parked', {
    description: 'Events that failed, and those of the same key behind them, by handler and state',
    unit: '{event}',
  });
  const paused = meter.createObservableGauge('everyhop.inbox.paused', {
    description: 'Partitions that wait because something that all events need is away',
    unit: '{partition}',
  });
  const slow = meter.createObservableGauge('everyhop.inbox.slow', {
    description: 'For how long a handler has been running that takes long; 0 when it does not',
    unit: 's',
  });
  const observeSlow: Parameters<typeof slow.addCallback>[0] = (result) => {
    const longest = Map.groupBy(inbox.slowHandlers(), ({ handler }) => handler);
    for (const { id: handler } of inbox.handlers)
      result.observe((longest.get(handler)?.[0]?.ms ?? 0) / 1_000, { handler });
  };
  slow.addCallback(observeSlow);
  const observePaused: Parameters<typeof paused.addCallback>[0] = (result) =>
    result.observe(inbox.pausedPartitions().length);
  paused.addCallback(observePaused);
  const stop = observeState({
    of: 'parked events',
    meter,
    gauges: [parked],
    read: () => countParked(db),
    report(result, rows) {
      // Zeros first, so that it is told when the last one is gone.
      for (const { id: handler } of inbox.handlers)
        for (const state of ['waiting', 'dead']) result.observe(parked, 0, { handler, state });
      for (const { events, ...labels } of rows) result.observe(parked, events, labels);
    },
    logger,
  });
  return () => {
    stop();
    paused.removeCallback(observePaused);
    slow.removeCallback(observeSlow);
  };
}

interface Count {
  handler: string;
  state: string;
  events: number;
}

async function countParked(db: Kysely<any>): Promise<Count[]> {
  const counts = await readByIndex(db, counted);
  if (counts.every(({ events }) => events <= countedExactly)) return counts;
  const { rows: guesses } = await estimated.execute(db);
  return counts.map((count) => {
    if (count.events <= countedExactly) return count;
    const guess = guesses.find(({ handler, state }) => handler === count.handler && state === count.state);
    return { ...count, events: Math.max(count.events, Math.round(guess?.events ?? 0)) };
  });
}

// From one group to the next by the index: a few that are dead are found among millions that wait.
const counted = sql<Count>`
  with recursive groups as (
    (select state, handler from inbox_parked order by state, handler limit 1)
    union all
    select next.* from groups, lateral (
      select state, handler from inbox_parked as parked
      where (parked.state, parked.handler) > (groups.state, groups.handler) order by state, handler limit 1
    ) as next
  )
  select handler, state, (
    select count(*)::int from (
      select from inbox_parked as parked where (parked.state, parked.handler) = (groups.state, groups.handler)
      limit ${sql.lit(countedExactly + 1)}
    ) as first_ones
  ) as events from groups`;

const estimated = sql<Count>`
  select handler, state, (count(*) * ${scaleOf('inbox_parked')})::float8 as events
  from ${sampleOf('inbox_parked')} group by handler, state`;
