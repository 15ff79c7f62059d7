import { afterAll, expect, test } from '@jest/globals';
import { UserRegistered } from '@everyhop/events';
import { deployEvents, SchemaRegistry } from '@everyhop/kafka';
import { Outbox, outboxMigrations } from '@everyhop/outbox';
import { engines, testDatabase } from '@everyhop/testing';

const registry = new SchemaRegistry({ url: engines.registryUrl });
await deployEvents({ brokers: engines.brokers, registry, events: [UserRegistered] });
const { db, drop } = await testDatabase({ migrations: [outboxMigrations] });
const outbox = new Outbox({ db, registry, source: 'accounts' });
afterAll(drop);

const register = (name: string, email: string) =>
  outbox.transaction(async (tx) => {
    await tx.publish(UserRegistered({ userId: crypto.randomUUID(), name, email, registeredAt: new Date() }));
    if (!email.includes('@')) throw new Error(`${email} is no address`);
  });

test('a registration that fails is not announced', async () => {
  await register('Ada', 'ada@example.org');
  await expect(register('Eve', 'nowhere')).rejects.toThrow('nowhere is no address');
  const announced = await db.selectFrom('outbox').select('type').execute();
  expect(announced).toEqual([{ type: 'shop.UserRegistered' }]);
});
