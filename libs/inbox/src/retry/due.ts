import { sql, type Kysely } from 'kysely';
import { isReplayed } from '../parking/park.ts';
import type { ParkedRow } from '../parking/parked-row.ts';

/** Which parked events are to be tried now. */
export const isDue = sql<boolean>`
  state = 'waiting' and next_attempt_at <= now() and not ${isReplayed('inbox_parked')}`;

/** Which parked event is tried next, and which were begun: so that the one that ends its process is known after it. */
export class Due {
  readonly #db: Kysely<any>;
  /** The positions of those that have not come to a noted end: as this process lives, they have not ended it. */
  readonly #open = new Set<string>();

  constructor(db: Kysely<any>) {
    this.#db = db;
  }

  /**
   * Takes the head that is due next, and commits that it was begun. One that was begun and did not end may be what has
   * ended the process, or it is still in hand: it is taken only when nothing else is tried beside it, if this `isAlone`.
   */
  async next(isAlone: boolean): Promise<ParkedRow | undefined> {
    const { rows } = await sql<ParkedRow>`
      update inbox_parked
      set begun = case when position = any(${[...this.#open]}::bigint[]) then 1 else begun + 1 end
      where position = (
        select position from inbox_parked where ${isDue} and (begun = 0 or ${isAlone})
        order by next_attempt_at limit 1 for update skip locked
      )
      returning *`.execute(this.#db);
    for (const { position } of rows) this.#open.add(position);
    return rows[0];
  }

  /** Says that what became of `row` is committed, with `begun` 0 if it is still there. */
  ended({ position }: ParkedRow): void {
    this.#open.delete(position);
  }

  /** Notes that the process has not ended with `row`, of which nothing else is known. */
  async forget({ position }: ParkedRow): Promise<void> {
    await sql`update inbox_parked set begun = 0 where position = ${position}`.execute(this.#db);
  }

  /** Whether any event waits, and in how many ms the next is due (`null`: none has a time). All that is asked when idle. */
  async waiting(): Promise<{ any: boolean; nextMs: number | null }> {
    const { rows } = await sql<{ any: boolean; nextMs: number | null }>`
      select exists (select from inbox_parked where state = 'waiting') as any, (
        select extract(epoch from next_attempt_at - now())::float8 * 1000 from inbox_parked
        where state = 'waiting' and next_attempt_at is not null and not ${isReplayed('inbox_parked')}
        order by next_attempt_at limit 1
      ) as "nextMs"`.execute(this.#db);
    return rows[0]!;
  }
}
