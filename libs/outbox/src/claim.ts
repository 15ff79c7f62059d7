import type pg from 'pg';

// Any constant will do, as long as nothing else in a service's database locks the same: 'outb', 'rely' in ASCII.
const lockKeys = [0x6f757462, 0x72656c79];

/**
 * Whether this connection now owns the outbox. The claim ends with the connection, so a relay that died, or whose
 * server went away, gives it up without doing anything; all its statements run on the connection that holds it.
 */
export async function claimOutbox(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as claimed', lockKeys);
  return rows[0].claimed;
}
