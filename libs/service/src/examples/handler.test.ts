import { afterAll, expect, test } from '@jest/globals';
import { UserRegistered } from '@everyhop/events';
import type { Delivery } from '@everyhop/inbox';
import { deliver, testDatabase } from '@everyhop/testing';

const { pool, db, drop } = await testDatabase<{ points: { user_id: string; points: number } }>();
await pool.query('create table points (user_id uuid primary key, points int not null)');
afterAll(drop);

async function greet({ userId }: UserRegistered, { tx }: Delivery) {
  await tx.insertInto('points').values({ user_id: userId, points: 100 }).execute();
}

test('who registers begins with 100 points', async () => {
  const userId = crypto.randomUUID();
  const event = UserRegistered({ userId, name: 'Ada', email: 'ada@example.org', registeredAt: new Date() });
  expect(await deliver(db, greet, event)).toEqual([]);
  expect(await db.selectFrom('points').selectAll().execute()).toEqual([{ user_id: userId, points: 100 }]);
});
