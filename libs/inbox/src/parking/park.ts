import { Undecodable } from '@everyhop/kafka';
import { toStoredHeaders } from '@everyhop/outbox/internal';
import { sql, type Kysely, type Transaction } from 'kysely';
import { claimOf, setOutcome } from '../ledger/claim.ts';
import { type Failure, reasonOf } from '../handler/failure.ts';
import { recordHistory } from '../ledger/history.ts';
import type { Item, Source } from '../record/item.ts';

/** How an event enters the parking lot. */
export interface Parking {
  handler: string;
  eventId: string;
  key: string;
  record: Source;
  failure?: Failure;
  /** Dead at once, and whether it holds up its followers. */
  dead?: { blocks: boolean };
  /** How long until it is tried again; `undefined` for one that waits behind another, or is dead. */
  retryInMs?: number;
}

/** How an item is parked that only waits for its turn. */
export function parkingOf(item: Item): Parking {
  return { ...claimOf(item), record: item };
}

/** The name of an event's line: events of one key wait in one line per handler. */
export const lineOf = ({ handler, key }: { handler: string; key: string }): string => `${handler} ${key}`;

/**
 * The moment `ms` from now, by the clock of Postgres, which also decides when it has come; those of instances may
 * differ. `null` without `ms`.
 */
export const inMs = (ms: number | undefined) =>
  sql`clock_timestamp() + ${ms ?? null}::float8 * interval '1 millisecond'`;

/** What tells the line of an item. */
interface InLine {
  handler: Pick<Item['handler'], 'id'>;
  event: Pick<Item['event'], 'key'>;
}

/** The name of the line of `item`. */
export const lineOfItem = ({ handler, event: { key } }: InLine): string =>
  lineOf({ handler: handler.id, key });

/** Whether the line (`handler`, `key` of the table) waits for the end of a replay. */
export const isReplayed = (table: string) => sql`
  exists (
    select from inbox_replay as replay
    where replay.finished_at is null and replay.handler = ${sql.ref(`${table}.handler`)}
      and (replay.key is null or replay.key = ${sql.ref(`${table}.key`)})
  )`;

// Looked for as what follows (handler, key) in the index. Asked for by `=` everything may be read: where most is of one
// line, Postgres expects to find any other at once, whatever it reads.
const headOfLine = sql<string | null>`(
  select position from (
    select handler, key, position from inbox_parked
    where blocks and (handler, key) >= (line.handler, line.key)
    order by handler, key, position limit 1
  ) as next where (next.handler, next.key) = (line.handler, line.key)
)`;

/**
 * The lines, among those of `items`, in which something is parked, or that are being replayed: what comes must go
 * behind it.
 */
export async function blockedLines(tx: Transaction<any>, items: InLine[]): Promise<Set<string>> {
  if (!(await anyLineWaits(tx))) return new Set();
  const lines = new Map(items.map((item) => [lineOfItem(item), [item.handler.id, item.event.key]]));
  const pairs = [...lines.values()];
  const { rows } = await sql<{ handler: string; key: string }>`
    select handler, key
    from unnest(${sql.val(pairs.map(([handler]) => handler))}::text[], ${sql.val(pairs.map(([, key]) => key))}::text[])
      as line (handler, key)
    where ${isReplayed('line')} or ${headOfLine} is not null`.execute(tx);
  return new Set(rows.map(lineOf));
}

// Mostly none does, and planning the question for each line costs more than all else that a single event needs.
async function anyLineWaits(tx: Transaction<any>): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`/* prepared inbox-any-line-waits */
    select exists (select from inbox_parked where blocks)
        or exists (select from inbox_replay where finished_at is null) as any`.execute(tx);
  return rows[0]!.any;
}

/** Parks events that `tx` has claimed, in this order. */
export async function park(tx: Transaction<any>, parkings: Parking[]): Promise<void> {
  for (const { handler, eventId, key, record, failure, dead, retryInMs } of parkings) {
    const { topic, partition, message } = record;
    await sql`
      insert into inbox_parked (handler, event_id, key, topic, partition, kafka_offset, record_key, payload, headers,
                                state, blocks, attempts, next_attempt_at, reason, first_failure, last_failure)
      values (${handler}, ${eventId}, ${key}, ${topic}, ${partition}, ${message.offset},
              ${message.key}, ${message.value}, ${toStoredHeaders(message.headers ?? {})}::jsonb,
              ${dead ? 'dead' : 'waiting'}, ${dead?.blocks ?? true}, ${failure?.attempts ?? 0},
              ${inMs(retryInMs)}, ${failure ? reasonOf(failure.error) : null},
              ${failure?.firstFailure ?? null}, ${failure ? new Date() : null})`.execute(tx);
  }
  const claims = parkings.map(({ handler, eventId }) => ({ handler, eventId }));
  await setOutcome(tx, claims, parkings.some(({ dead }) => dead) ? 'dead' : 'parked');
  const entries = parkings.map(({ handler, eventId, failure, dead }) => ({
    handler,
    eventId,
    what: dead ? ('dead' as const) : ('parked' as const),
    attempt: failure?.attempts || undefined,
    reason: failure && reasonOf(failure.error),
  }));
  await recordHistory(tx, entries);
}

/**
 * Makes due what has become the head of one of `lines`, unless that is being replayed. Called after each commit that
 * may have made one, and now and then for all, since whoever should have called may have died: a head is never
 * forgotten, and a follower never early. Default: all lines, which reads all that is parked.
 */
export async function promoteHeads(
  db: Kysely<any>,
  lines?: { handler: string; key: string }[],
): Promise<void> {
  const column = (of: 'handler' | 'key') => sql.val(lines!.map((line) => line[of]));
  const source = lines
    ? sql`unnest(${column('handler')}::text[], ${column('key')}::text[])`
    : sql`(select distinct handler, key from inbox_parked where blocks)`;
  await sql`
    update inbox_parked as head set next_attempt_at = now()
    from ${source} as line (handler, key)
    where head.position = ${headOfLine} and head.state = 'waiting' and head.next_attempt_at is null
      and not ${isReplayed('head')}`.execute(db);
}

/** Whether what follows an event that died of `error` waits behind it: not behind one that nobody can read. */
export const blocksWhenDead = (
  { afterDeath }: Pick<Item['handler'], 'afterDeath'>,
  error: unknown,
): boolean => afterDeath === 'wait' && !(error instanceof Undecodable);
