import { type KafkaConnection } from '@everyhop/kafka';
import { positionsOf, resetOffsets } from '@everyhop/kafka/admin';
import { sql, type Kysely } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReplayStart } from './replay.ts';

/** A replay that is to be done. */
export interface OpenReplay {
  id: number;
  handler: string;
  key: string | null;
  starts_from: string;
  traceparent: string | null;
}

/** By partition: how far live handling had come when the replay began, and where the replay ends. */
export type Bounds = Map<number, { passed: bigint; end: bigint }>;

/** Whose offsets a replay is about. */
export interface ReplayedTopic {
  kafka: KafkaConnection;
  service: string;
  topic: string;
}

/** The consumer group of a replay. */
export const replayGroup = (service: string, id: number): string => `${service}.replay.${id}`;

const pollMs = 50;

/**
 * Looks, once a replay, what there is to read, and sets its consumer group to where it begins. What live handling had
 * in hand when the replay began is waited for: it is part of it.
 */
export function boundsOf(
  db: Kysely<any>,
  { id, starts_from }: OpenReplay,
  { kafka, service, topic }: ReplayedTopic,
  signal: AbortSignal,
): Promise<Bounds> {
  return db.transaction().execute(async (tx) => {
    const known = await sql<{ bounds: Stored | null }>`
      select bounds from inbox_replay where id = ${id} for update`.execute(tx);
    if (known.rows[0]?.bounds) return toBounds(known.rows[0].bounds);

    await untilSeen(tx, signal);
    const live = await positionsOf({ ...kafka, groupId: service, topic });
    const from = parseStart(starts_from);
    if (from !== 'beginning')
      await resetOffsets({ ...kafka, groupId: replayGroup(service, id), topic, to: from });
    const bounds = live.map(({ partition, next, end }) => [partition, String(next), String(end)] as const);
    await sql`
      update inbox_replay set bounds = ${JSON.stringify(bounds)}::jsonb where id = ${id}`.execute(tx);
    return toBounds(bounds);
  });
}

/** How many records the group of a replay has still to read. */
export async function remainingOf(id: number, bounds: Bounds, of: ReplayedTopic): Promise<bigint> {
  const { kafka, service, topic } = of;
  const positions = await positionsOf({ ...kafka, groupId: replayGroup(service, id), topic });
  let remaining = 0n;
  for (const { partition, next, end } of positions) {
    const until = bounds.get(partition)?.end ?? 0n;
    // A topic that was made anew has fewer records.
    const last = until < end ? until : end;
    if (next < last) remaining += last - next;
  }
  return remaining;
}

type Stored = readonly (readonly [partition: number, passed: string, end: string])[];

const toBounds = (stored: Stored): Bounds =>
  new Map(
    stored.map(([partition, passed, end]) => [partition, { passed: BigInt(passed), end: BigInt(end) }]),
  );

const parseStart = (text: string): ReplayStart =>
  text === 'beginning' ? text : /^\d+$/.test(text) ? BigInt(text) : new Date(text);

// As CREATE INDEX CONCURRENTLY does: a lock on the table would have the other handlers wait too.
async function untilSeen(tx: Kysely<any>, signal: AbortSignal): Promise<void> {
  const handling = async (before?: string[]) => {
    const { rows } = await sql<{ transaction: string }>`
      select distinct virtualtransaction as transaction from pg_locks
      where relation = 'inbox'::regclass and mode = 'RowExclusiveLock' and granted
        and database = (select oid from pg_database where datname = current_database())
        and ${before ? sql`virtualtransaction = any(${sql.val(before)}::text[])` : sql`true`}`.execute(tx);
    return rows.map(({ transaction }) => transaction);
  };
  const before = await handling();
  while ((await handling(before)).length > 0) await delay(pollMs, undefined, { signal });
}
