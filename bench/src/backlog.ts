import { randomBytes } from 'node:crypto';
import { toHeaders } from '@everyhop/events';
import { bucketOf } from '@everyhop/outbox/internal';
import type { Message } from 'kafkajs';
import type pg from 'pg';

const keys = Array.from({ length: 1_000 }, (_, n) => `key-${n}`);
const payload = randomBytes(400);
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/**
 * Puts `count` events of 400 bytes, of 1,000 keys, into the outbox behind `pool`, in transactions of at most
 * `perTransaction`. Default: all in one, so that a relay finds all of them at once.
 */
export async function fillOutbox(
  pool: pg.Pool,
  topic: string,
  count: number,
  perTransaction = count,
): Promise<void> {
  for (let from = 0; from < count; from += perTransaction) {
    const to = Math.min(from + perTransaction, count) - 1;
    await pool.query(fill, [topic, payload, traceparent, from, to, keys.map(bucketOf)]);
  }
}

// uuidv7() is volatile, so it is called once for each row, and both columns get the same.
const fill = `
  insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, sequence, correlationid, traceparent, bucket)
  select id, $1, 'key-' || n % 1000, 'bench.Happened', $2, 'bench', now(), n / 1000 + 1, id::text, $3,
         ($6::smallint[])[n % 1000 + 1]
  from (select n, uuidv7() as id from generate_series($4::int, $5::int) n) event`;

/** The same events as messages of kafkajs. */
export function messages(count: number): Message[] {
  return Array.from({ length: count }, (_, n) => {
    const id = `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
    const key = keys[n % keys.length]!;
    const envelope = toHeaders({
      id,
      key,
      type: 'bench.Happened',
      source: 'bench',
      time: new Date(),
      sequence: BigInt(Math.floor(n / keys.length) + 1),
      correlationId: id,
    });
    return { key, value: payload, headers: { ...envelope, traceparent } };
  });
}
