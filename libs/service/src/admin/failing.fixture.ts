import { Body, Controller, Injectable, Module, Post } from '@nestjs/common';
import { defineEvent } from '@everyhop/events';
import { type Delivery, On } from '@everyhop/inbox';
import { deployEvents, SchemaRegistry } from '@everyhop/kafka';
import { Outbox } from '@everyhop/outbox';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import pg from 'pg';
import { startProbe } from '../probe.fixture.ts';

/** What the event of these tests carries: also what JSON has no type for. */
export interface Paid {
  key: string;
  amount: bigint;
  at: Date;
}

const topic = randomName('test');
const namespace = topic.replace('-', '');
const at = { type: 'long', logicalType: 'timestamp-millis' };
const fields = [
  { name: 'key', type: 'string' },
  { name: 'amount', type: 'long' },
  { name: 'at', type: at },
];
export const Paid = defineEvent<Paid>({
  topic,
  key: 'key',
  version: 1,
  schema: { type: 'record', namespace, name: 'Paid', fields },
});

/** Handles `Paid`; fails while `broken`. */
@Injectable()
export class Payments {
  static broken = true;
  static handled: Paid[] = [];

  // It would be tried again by itself long after the test.
  @On(Paid, { id: 'payments', retry: { inPlace: 1, delay: 300_000 } })
  async pay(paid: Paid) {
    if (Payments.broken) throw new Error('the bank is closed');
    Payments.handled.push(paid);
  }

  @On(Paid, { id: 'balance', replayable: true })
  async balance(paid: Paid, { replay }: Delivery) {
    if (replay) Payments.handled.push(paid);
  }
}

@Controller()
class Publishing {
  constructor(private readonly outbox: Outbox) {}

  @Post('pay')
  pay(@Body() { key, amounts }: { key: string; amounts: string[] }) {
    const paid = amounts.map((amount) => Paid({ key, amount: BigInt(amount), at: new Date(0) }));
    return this.outbox.transaction((tx) => tx.publish(...paid));
  }
}

@Module({ providers: [Payments], controllers: [Publishing] })
class PaymentsModule {}

/** A service that handles `Paid`, its database, and its admin API as an operator uses it. */
export async function startFailing() {
  Payments.broken = true;
  Payments.handled = [];
  const registry = new SchemaRegistry({ url: engines.registryUrl });
  await deployEvents({ brokers: engines.brokers, registry, events: [Paid], partitions: 1 });
  const service = await startProbe([PaymentsModule], engines.brokers.join());
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  const answer = async (path: string, init?: RequestInit) => {
    const response = await fetch(service.url + path, init);
    const text = await response.text();
    return { status: response.status, body: text && JSON.parse(text) };
  };
  const post = (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    return answer(path, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  const get = (path: string) => answer(path);
  return {
    url: service.url,
    pool,
    get,
    post,
    pay: (key: string, ...amounts: string[]) => post('/pay', { key, amounts }),
    /** Resolves with what is parked as soon as that is `count` events. */
    parked: (count: number) =>
      waitUntil(`${count} events are parked`, async () => {
        const { body } = await get('/admin/parked');
        return body.length === count && body;
      }),
    async stop() {
      await pool.end();
      await service.stop();
    },
  };
}
