/** The whole service on real Kafka, registry and Postgres. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { OrderPlaced, PointsEarned, UserRegistered, type DomainEvent } from '@everyhop/events';
import { On } from '@everyhop/inbox';
import { Outbox } from '@everyhop/outbox';
import { startService, type RunningService } from '@everyhop/service';
import { engines, randomName, testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.ts';
import type { LoyaltyDatabase } from './accounts/database.ts';

let probe: Probe;

/** Publishes as the shop would, and notes what loyalty says. */
class Probe {
  readonly seen: PointsEarned[] = [];
  constructor(readonly outbox: Outbox) {}

  @On(PointsEarned)
  async earned(data: PointsEarned) {
    this.seen.push(data);
  }
}

const probing = {
  provide: Probe,
  useFactory: (outbox: Outbox) => (probe = new Probe(outbox)),
  inject: [Outbox],
};

@Module({ providers: [probing] })
class ProbeModule {}

let database: TestDatabase<LoyaltyDatabase>;
let loyalty: RunningService;
beforeAll(async () => {
  database = await testDatabase<LoyaltyDatabase>();
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
    ...{ KAFKA_BROKERS: engines.brokers.join(), SCHEMA_REGISTRY_URL: engines.registryUrl },
  });
  loyalty = await startService(randomName('loyalty'), {
    features: [AccountsModule, ProbeModule],
    migrations: new URL('../migrations/', import.meta.url),
  });
});
afterAll(async () => {
  await loyalty?.stop();
  await database.drop();
});

const publish = (...events: DomainEvent<any>[]) => probe.outbox.transaction((tx) => tx.publish(...events));
const get = async (path: string) => {
  const response = await fetch(loyalty.url + path);
  return { status: response.status, body: (await response.json()) as any };
};
const saidOf = (customerId: string) => probe.seen.filter((earned) => earned.customerId === customerId);
const balanceOf = async (customerId: string) => (await get(`/accounts/${customerId}`)).body.balance;

const registeredAt = new Date('2026-11-20T22:59:58.123Z');
const register = (userId: string) =>
  UserRegistered({ userId, name: 'Ada', email: 'ada@example.org', registeredAt });

function order(customerId: string | null, cents: bigint) {
  const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
  return OrderPlaced({
    orderId: randomUUID(),
    customer: { customerId, name: 'Ada', email: 'ada@example.org' },
    shippingAddress: { name: 'Ada', street: 'Main St 1', postalCode: '10115', city: 'Berlin', country: 'DE' },
    lines: [],
    net: eur(cents),
    tax: eur(0n),
    total: eur(cents),
    taxRatePercent: 0,
    placedAt: new Date(),
  });
}

test('registering and ordering bring points, which is said', async () => {
  const customerId = randomUUID();
  const placed = order(customerId, 4_799n);
  await publish(register(customerId), placed, order(customerId, 50_000n), order(null, 9_999n));
  await waitUntil('all points are there', async () => (await balanceOf(customerId)) === 100 + 47 + 500);
  expect((await get(`/accounts/${customerId}`)).body).toEqual({
    ...{ customerId, balance: 647, level: 'silver', orders: 2, version: 3 },
    since: registeredAt.toISOString(),
  });
  const said = await waitUntil('it is said', () => {
    const said = saidOf(customerId);
    return said.length === 3 && said;
  });
  expect(said.map(({ points }) => points).toSorted((a, b) => a - b)).toEqual([47, 100, 500]);
  expect(said.find(({ points }) => points === 47)!.orderId).toBe(placed.data.orderId);
  expect(Math.max(...said.map(({ balance }) => balance))).toBe(647);
});

test('accounts that were lost are rebuilt from the beginning of the topics, and nothing is said twice', async () => {
  const customerId = randomUUID();
  await publish(register(customerId), order(customerId, 1_000n), order(customerId, 2_000n));
  await waitUntil('all points are there', async () => (await balanceOf(customerId)) === 130);
  const before = (await get(`/accounts/${customerId}`)).body;
  await waitUntil('all is said', () => saidOf(customerId).length === 3);

  await database.db.deleteFrom('account_event').execute();
  const operator = { by: 'ada', why: 'somebody deleted all accounts' };
  const request = {
    method: 'POST',
    body: JSON.stringify(operator),
    headers: { 'content-type': 'application/json' },
  };
  expect((await fetch(`${loyalty.url}/admin/replay`, request)).status).toBe(202);
  await waitUntil('they are replayed', async () =>
    (await get('/admin/replay')).body.every(({ state }: { state: string }) => state === 'finished'),
  );
  expect((await get(`/accounts/${customerId}`)).body).toEqual(before);
  expect(saidOf(customerId)).toHaveLength(3);
});

test.each([
  ['a customer without points', randomUUID(), 404],
  ['an id that is no UUID', '42', 404],
])('%s is answered with a problem that says what to do', async (_, id, status) => {
  const answer = await get(`/accounts/${id}`);
  expect(answer).toMatchObject({ status, body: { status, detail: expect.any(String) } });
});
