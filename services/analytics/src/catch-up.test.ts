/** What would go wrong: a read model that begins with what happens from now on. */
import { afterAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { UserRegistered } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { startService } from '@everyhop/service';
import { engines, randomName, testDatabase, waitUntil } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import { FunnelModule } from './funnel/funnel.module.ts';

let outbox: Outbox;

@Module({})
class Publishing {
  constructor(injected: Outbox) {
    outbox = injected;
  }
}

const [before, after] = await Promise.all([testDatabase<{ outbox: object }>(), testDatabase()]);
afterAll(() => Promise.all([before.drop(), after.drop()]));
Object.assign(process.env, {
  ...{ PORT: '0', LOG_LEVEL: 'silent' },
  ...{ KAFKA_BROKERS: engines.brokers.join(), SCHEMA_REGISTRY_URL: engines.registryUrl },
});

test('what happened before the service came is counted', async () => {
  const userId = randomUUID();
  const registeredAt = new Date('2020-02-20T20:20:20.020Z');
  const registered = UserRegistered({ userId, name: 'Ada', email: 'ada@example.org', registeredAt });
  process.env.DATABASE_URL = before.url;
  const shop = await startService(randomName('shop'), { features: [Publishing] });
  await outbox.transaction((tx) => tx.publish(registered));
  await waitUntil('the event is sent', async () => {
    const waiting = await before.db.selectFrom('outbox').selectAll().execute();
    return waiting.length === 0;
  });
  await shop.stop();

  process.env.DATABASE_URL = after.url;
  const analytics = await startService(randomName('analytics'), {
    features: [FunnelModule],
    migrations: new URL('../migrations/', import.meta.url),
  });
  const minute = '2020-02-20T20:20:00.000Z';
  const { minutes } = await waitUntil('it is counted', async () => {
    const funnel = await fetch(`${analytics.url}/funnel?from=${minute}&to=2020-02-20T20:21:00.000Z`);
    const body = (await funnel.json()) as any;
    return body.total.registered > 0 && body;
  });
  expect(minutes).toMatchObject([{ minute, registered: 1, ordered: 0 }]);
  await analytics.stop();
});
