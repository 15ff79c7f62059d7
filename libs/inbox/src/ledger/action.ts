import { sql, type Kysely } from 'kysely';

/** Who acts, and why: it is recorded. */
export interface Operator {
  by: string;
  why: string;
}

/** What an operator did to one event, or to a handler as a whole. */
export interface Action extends Operator {
  at: Date;
  action: 'redrive' | 'discard' | 'replay' | 'cancel';
  /** `null` for an event of the outbox. */
  handler: string | null;
  /** `null` for a replay. */
  eventId: string | null;
}

/** Records that `action` was taken on each of `objects`. */
export async function recordActions(
  db: Kysely<any>,
  action: Action['action'],
  objects: { handler?: string; eventId?: string }[],
  { by, why }: Operator,
): Promise<void> {
  await sql`
    insert into inbox_action (action, by, why, handler, event_id)
    select ${action}, ${by}, ${why}, handler, event_id
    from unnest(${sql.val(objects.map(({ handler }) => handler ?? null))}::text[],
                ${sql.val(objects.map(({ eventId }) => eventId ?? null))}::text[]) as acted (handler, event_id)`.execute(
    db,
  );
}

/** What operators have done, the last first; at most `limit`. */
export async function listActions(db: Kysely<any>, limit = 100): Promise<Action[]> {
  const { rows } = await sql<Action>`
    select at, action, by, why, handler, event_id as "eventId"
    from inbox_action order by id desc limit ${limit}`.execute(db);
  return rows;
}
