import { engines } from '@everyhop/testing';
import pg from 'pg';

/**
 * How many orders and users the shop has stored, and how many events it has ever published: an event leaves through
 * the outbox only, which counts them.
 */
export async function countWritten(): Promise<object> {
  const url = new URL(engines.adminDatabaseUrl);
  url.pathname = 'shop';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rows } = await client.query(`
      select (select count(*) from orders) as orders,
             (select count(*) from users) as users,
             (select sum(last) from outbox_sequence) as events`);
    return rows[0];
  } finally {
    await client.end();
  }
}
