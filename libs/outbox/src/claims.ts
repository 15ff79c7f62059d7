import type pg from 'pg';
import { BUCKETS } from './bucket.ts';

// Advisory locks have two keys: the first marks those of the outbox ('outb' in ASCII), the second is the bucket, or:
const OUTBOX = 0x6f757462;
const MEMBERS = -1;

const everyBucket = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

/**
 * The buckets that one relay owns. Claims are advisory locks of its connection: they cost nothing while nothing
 * changes, and a relay that died, or whose connection did, gives them up without doing anything.
 */
export class Claims {
  readonly #client: pg.Client;
  #owned: number[] = [];
  #members = 1;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /** Makes the relay on `client` known to the others, as one more to share with. */
  static async join(client: pg.Client): Promise<Claims> {
    await client.query('select pg_advisory_lock_shared($1, $2)', [OUTBOX, MEMBERS]);
    return new Claims(client);
  }

  get owned(): readonly number[] {
    return this.#owned;
  }

  /** Whether other relays share the work. */
  get isShared(): boolean {
    return this.#members > 1;
  }

  /** Takes or gives back buckets until this relay has its share. Call it between batches. */
  async rebalance(): Promise<void> {
    const { rows } = await this.#client.query({
      name: 'outbox-members',
      text: countMembers,
      values: [OUTBOX, MEMBERS],
    });
    this.#members = Math.max(rows[0].members, 1);
    const share = Math.ceil(BUCKETS / this.#members);
    const surplus = this.#owned.slice(share);
    if (surplus.length > 0) {
      await this.#client.query('select pg_advisory_unlock($1, b) from unnest($2::int[]) b', [
        OUTBOX,
        surplus,
      ]);
      this.#owned = this.#owned.slice(0, share);
    }
    const missing = share - this.#owned.length;
    if (missing === 0) return;
    const free = everyBucket.filter((bucket) => !this.#owned.includes(bucket));
    const claimed = await this.#client.query(tryClaim, [OUTBOX, free, missing]);
    this.#owned.push(...claimed.rows.map(({ bucket }) => bucket));
  }

  /**
   * Ends the connections of owners that have let rows wait and said nothing for longer than `stuckMs`, such as a frozen
   * process: their buckets are free then. Should such an owner wake up, the broker refuses what it sends (see
   * `Producers.open`). One that waits for the broker says something to Postgres all the while, so it keeps its buckets.
   */
  async evictStuck(stuckMs: number): Promise<void> {
    const others = everyBucket.filter((bucket) => !this.#owned.includes(bucket));
    if (others.length === 0) return;
    await this.#client.query(evict, [OUTBOX, others, `${stuckMs} milliseconds`]);
  }
}

const locksOfThisDatabase = `
  from pg_locks where locktype = 'advisory' and granted and classid = $1::bigint::oid
    and database = (select oid from pg_database where datname = current_database())`;

const countMembers = `select count(*)::int as members ${locksOfThisDatabase} and objid = ($2::bigint & x'ffffffff'::bigint)::oid`;

// The limit ends the scan, and with it the locking, as soon as there are enough.
const tryClaim = `select b as bucket from unnest($2::int[]) b where pg_try_advisory_lock($1, b) limit $3`;

// Waits for them to be gone, up to a second, as what they own can't be claimed before.
const evict = `
  select pg_terminate_backend(pid, 1000) from (
    select distinct pid ${locksOfThisDatabase} and objid::int = any($2::int[]) and pid <> pg_backend_pid()
      and exists (select from pg_stat_activity a where a.pid = pg_locks.pid and state_change < now() - $3::interval)
      and exists (select from outbox where bucket = objid::int and refused is null and time < now() - $3::interval)
  ) stuck`;
