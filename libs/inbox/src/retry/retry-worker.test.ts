/**
 * What would go wrong: one parked event that fails in a way of its own keeps all others of the service from being
 * tried, or leaves behind a part of what it wrote.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitUntil } from '@everyhop/testing';
import type { Delivery } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { Outages } from '../outage/outages.ts';
import { listParked } from '../parking/parked.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

const soon = { inPlace: 1, attempts: 3, delay: 10, maxDelay: 10 };
/** Starts to handle events 1 and 2, of two keys: 2 comes when 1 has been parked and is tried again. */
async function startWith(handle: (n: number, delivery: Delivery) => Promise<void>, options: object = {}) {
  let isTriedAgain = false;
  await it.startWith(options, {
    retry: soon,
    handle: async (data, delivery) => {
      isTriedAgain ||= delivery.attempt > 1;
      await handle(data.n, delivery);
      await write(data, delivery);
    },
  });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is tried again', () => isTriedAgain);
  await it.publish(it.Happened({ key: 'b', n: 2 }));
}
const failOnce = ({ attempt }: Delivery) => {
  if (attempt < 2) throw new Error('not yet');
};
const otherIsHandled = () =>
  waitUntil('the other is handled', async () => (await it.effects('b')).length > 0);

test('what only the commit would check counts as a try, and keeps no other event from its own', async () => {
  await it.database.pool.query(`
    create table parent (id int primary key);
    create table child (parent int references parent deferrable initially deferred)`);
  await startWith(async (n, delivery) => {
    if (n === 1) await sql`insert into child values (1)`.execute(delivery.tx);
    else failOnce(delivery);
  });
  await otherIsHandled();
  const [dead] = await waitUntil('it is dead', async () => {
    const found = await listParked(it.database.db, { state: 'dead' });
    return found.length > 0 ? found : undefined;
  });
  expect(dead).toMatchObject({ key: 'a', attempts: 3, reason: expect.stringContaining('child_parent_fkey') });
  expect(await it.effects('a')).toEqual([]);
});

test('an event whose failure cannot be written down is counted all the same, and others are tried', async () => {
  await it.database.pool.query(
    `alter table inbox_history add check (what <> 'failed' or reason <> 'unspeakable')`,
  );
  await startWith(async (n, delivery) => {
    if (n === 1) throw new Error('unspeakable');
    failOnce(delivery);
  });
  await otherIsHandled();
  await waitUntil('it was tried again', async () => (await listParked(it.database.db))[0]!.attempts > 1);
  expect(await it.effects('a')).toEqual([]);
});

test('what is away for one event only is no try, and others are tried', async () => {
  await startWith(async (n, delivery) => {
    failOnce(delivery);
    if (n === 2) return;
    throw Object.assign(new Error('the printer is away'), { code: 'ECONNREFUSED' });
  });
  await otherIsHandled();
  expect(await listParked(it.database.db)).toMatchObject([{ key: 'a', state: 'waiting', attempts: 1 }]);
});

test('one whose failure takes long to understand is not tried again meanwhile, and others are tried', async () => {
  const understood = Promise.withResolvers<void>();
  class Slow extends Outages {
    override async weigh(...of: Parameters<Outages['weigh']>) {
      if (/is away$/.test((of[1] as Error).message)) await understood.promise;
      return super.weigh(...of);
    }
  }
  let tries = 0;
  const { service, registry, database } = it;
  const handle = async (n: number, delivery: Delivery) => {
    failOnce(delivery);
    if (n === 2 || tries > 7) return;
    tries++;
    throw Object.assign(new Error('the printer is away'), { code: 'ECONNREFUSED' });
  };
  await startWith(handle, { outages: new Slow({ service, registry, db: database.db }) });
  try {
    await otherIsHandled();
    expect(tries).toBe(1);
  } finally {
    understood.resolve();
  }
});

test('a failed try leaves nothing behind, also of what it was still doing', async () => {
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await it.start({
    retry: { ...soon, attempts: 10 },
    handle: async (data, delivery) => {
      const check = async () => {
        await write(data, delivery);
        if (delivery.attempt < 5) throw new Error('not yet');
      };
      const writeLines = async () => {
        for (let line = 1; line < 20; line++) await write(data, delivery);
      };
      await Promise.all([check(), writeLines()]);
    },
  });
  await waitUntil('it is handled', async () => {
    const { rows } = await it.database.pool.query(`select from inbox where outcome = 'handled'`);
    return rows.length > 0;
  });
  const { rows } = await it.database.pool.query('select attempt, count(*)::int as n from effects group by 1');
  expect(rows).toEqual([{ attempt: 5, n: 20 }]);
});
