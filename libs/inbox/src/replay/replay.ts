import { toTraceContext } from '@everyhop/telemetry';
import { sql, type Kysely } from 'kysely';
import { recordActions, type Operator } from '../ledger/action.ts';
import type { Handler } from '../handler/handler.ts';
import { promoteHeads } from '../parking/park.ts';

/** Where a replay begins: with the first record there is, those at or after a time, or those from an offset on, in every partition. */
export type ReplayStart = 'beginning' | Date | bigint;

/** What is to be handled again. */
export interface ReplayRequest {
  /** Its id. Default: all replayable handlers of the service. */
  handler?: string;
  /** Only the events of this key. Default: all. */
  key?: string;
  /** Default: the beginning. */
  from?: ReplayStart;
}

/** A handler's replay, as it stands. */
export interface Replay extends Operator {
  id: number;
  handler: string;
  key: string | null;
  from: string;
  state: 'running' | 'finished' | 'cancelled';
  startedAt: Date;
  finishedAt: Date | null;
  /** Events handled again so far. */
  handled: number;
  /** Records that are still to be read; `null` until that is known. */
  remaining: number | null;
  /** The event that can't be handled at present, and why: it is tried again and again, and all waits for it. */
  failure: string | null;
}

/** A replay was asked for that must not be, or can't be now; the message says why. */
export class ReplayRefused extends Error {
  override readonly name = 'ReplayRefused';
  readonly code = 'REPLAY_REFUSED';
}

/**
 * Begins to replay: from now on live events of the handlers are parked behind it, and an instance's `Replayer` does the
 * rest. Throws `ReplayRefused` when a handler is not replayable, or is being replayed already; then nothing is begun.
 */
export async function startReplays(
  db: Kysely<any>,
  handlers: Handler[],
  { handler, key, from = 'beginning' }: ReplayRequest,
  operator: Operator,
): Promise<Replay[]> {
  const ids = toReplay(handlers, handler).map(({ id }) => id);
  const start = from instanceof Date ? from.toISOString() : String(from);
  const { traceparent } = toTraceContext();
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Replay>`
      insert into inbox_replay (handler, key, starts_from, by, why, traceparent)
      select handler, ${key ?? null}, ${start}, ${operator.by}, ${operator.why}, ${traceparent ?? null}
      from unnest(${sql.val(ids)}::text[]) as handler
      on conflict (handler) where finished_at is null do nothing
      returning ${columns}`.execute(tx);
    const busy = ids.find((id) => !rows.some((replay) => replay.handler === id));
    if (busy) throw new ReplayRefused(`${busy} is being replayed already: wait for the end, or cancel it.`);
    await recordActions(tx, 'replay', rows, operator);
    return rows;
  });
}

/** The replays of the service, the last first; at most `limit`. */
export async function listReplays(db: Kysely<any>, limit = 100): Promise<Replay[]> {
  const { rows } = await sql<Replay>`
    select ${columns} from inbox_replay order by id desc limit ${limit}`.execute(db);
  return rows;
}

/**
 * Ends a replay where it is; what was parked behind it goes on. Returns whether there was anything to end.
 */
export async function cancelReplay(db: Kysely<any>, id: number, operator: Operator): Promise<boolean> {
  const cancelled = await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ handler: string }>`
      update inbox_replay set finished_at = now(), cancelled = true
      where id = ${id} and finished_at is null returning handler`.execute(tx);
    await recordActions(tx, 'cancel', rows, operator);
    return rows.length > 0;
  });
  await promoteHeads(db);
  return cancelled;
}

const columns = sql`
  id, handler, key, starts_from as "from", by, why, started_at as "startedAt", finished_at as "finishedAt",
  handled::float8 as handled, remaining::float8 as remaining, failure,
  case when cancelled then 'cancelled' when finished_at is null then 'running' else 'finished' end as state`;

function toReplay(handlers: Handler[], id: string | undefined): Handler[] {
  const meant = handlers.filter((handler) => handler.id === (id ?? handler.id));
  const replayable = meant.filter((handler) => handler.replayable);
  if (replayable.length > 0) return replayable;
  if (id !== undefined && meant.length === 0)
    throw new ReplayRefused(
      `There is no handler ${id} here; there are: ${handlers.map((handler) => handler.id).join(', ') || 'none'}.`,
    );
  throw new ReplayRefused(
    `${id ?? 'No handler here'} ${id ? 'is not' : 'is'} replayable: what it does would be done again. ` +
      'A handler that only rebuilds its own data may say @On(…, { replayable: true }).',
  );
}
