import { engines, randomName, testDatabase, type TestDatabase } from '@everyhop/testing';
import { type RunningService, startService } from '@everyhop/service';
import type { ShopDatabase } from './database.ts';
import { JourneyModule } from './journey/journey.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { ProductsModule } from './products/products.module.ts';
import { UsersModule } from './users/users.module.ts';

/** What the shop answers; `body` is its JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

/** A shop that runs; what it publishes stays in its outbox, since no broker is where it looks for one. */
export interface Shop {
  service: RunningService;
  db: TestDatabase<ShopDatabase>['db'];
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The events that wait in the outbox. */
  published(): Promise<{ type: string; aggregateid: string }[]>;
  stop(): Promise<void>;
}

/** Starts a shop on a database of its own. */
export async function startShop(): Promise<Shop> {
  const { url, db, drop } = await testDatabase<ShopDatabase>();
  Object.assign(process.env, {
    PORT: '0',
    DATABASE_URL: url,
    KAFKA_BROKERS: '127.0.0.1:1',
    SCHEMA_REGISTRY_URL: engines.registryUrl,
    LOG_LEVEL: 'silent',
  });
  const service = await startService(randomName('shop'), {
    features: [ProductsModule, UsersModule, OrdersModule, JourneyModule],
    migrations: new URL('../migrations/', import.meta.url),
  });
  return {
    service,
    db,
    get: (path) => answerOf(fetch(service.url + path)),
    post: (path, body, headers = {}) =>
      answerOf(
        fetch(service.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    published: () =>
      db
        .withTables<{ outbox: { position: string; type: string; aggregateid: string } }>()
        .selectFrom('outbox')
        .select(['type', 'aggregateid'])
        .orderBy('position')
        .execute(),
    stop: () => service.stop().finally(drop),
  };
}

async function answerOf(request: Promise<Response>): Promise<Answer> {
  const response = await request;
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** A good order: 2 × 12.90 € and 1 × 0.95 €. */
export const orderOfTwoMugs = {
  customer: { name: 'Ada Lovelace', email: 'ada@example.org' },
  shippingAddress: {
    name: 'Ada Lovelace',
    street: 'Main St 1',
    postalCode: '10115',
    city: 'Berlin',
    country: 'DE',
  },
  lines: [
    { sku: 'HOP-MUG', quantity: 2 },
    { sku: 'HOP-STICKER', quantity: 1 },
  ],
};
