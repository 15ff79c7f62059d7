/** What would go wrong: an order took a strange way, and nobody can tell which, when, why and who had a hand in it. */
import { expect, test } from '@jest/globals';
import { engines, waitUntil } from '@everyhop/testing';
import pg from 'pg';
import { addresses, isExtra } from './addresses.ts';
import { dev } from './dev.ts';
import { anOrder, completed, newCustomer, placeOrder } from './shop.ts';

/** What `./dev trail` says of the services that an order needs, each entry as words. */
async function trailOf(id: string): Promise<string[]> {
  const lines = (await dev('trail', id, '--json')).trimEnd().split('\n');
  return lines.flatMap((line) => {
    const { service, what, type, attempt } = JSON.parse(line);
    if (isExtra(service)) return [];
    return [service, what, type.split('.')[1], attempt].filter((word) => word !== null).join(' ');
  });
}

test('the trail of an order shows each event, published and handled by each service, and leads to the trace', async () => {
  const { orderId, traceId } = await placeOrder();
  await completed(orderId);
  const trail = await waitUntil('all is handled', async () => {
    const found = await trailOf(orderId);
    return found.filter((entry) => entry.includes('handled')).length === 7 && found;
  });
  expect(trail[0]).toBe('shop published OrderPlaced');
  expect([...trail].sort()).toEqual([
    'billing handled OrderPlaced 1',
    'billing published InvoiceIssued',
    'crm handled OrderPlaced 1',
    'crm published EmailSent',
    'crm published FollowUpEmailScheduled',
    'logistics handled OrderPlaced 1',
    'logistics published ShippingLabelCreated',
    'shop handled EmailSent 1',
    'shop handled FollowUpEmailScheduled 1',
    'shop handled InvoiceIssued 1',
    'shop handled ShippingLabelCreated 1',
    'shop published OrderPlaced',
  ]);
  expect(await dev('trail', orderId)).toContain(`trace  ${addresses.jaeger}/trace/${traceId}\n`);
});

const refuse = `
  create function refuse() returns trigger language plpgsql as $$ begin
    if new.document::text like '%' || tg_argv[0] || '%' then raise exception 'the tax office is closed'; end if;
    return new;
  end $$;
  create trigger refuse before insert on invoices for each row execute function refuse('Nobody’s')`;

test('the trail of an event that failed shows each try, that it was parked, who redrove it and why, and its end', async () => {
  const url = new URL(engines.adminDatabaseUrl);
  url.pathname = 'billing';
  const billing = new pg.Client({ connectionString: url.href });
  await billing.connect();
  try {
    await billing.query(refuse);
    const { orderId } = await placeOrder(anOrder({ customer: { ...newCustomer(), name: 'Nobody’s order' } }));
    await waitUntil('it is parked', async () =>
      (await dev('parked', 'billing', '--key', orderId)).includes(orderId),
    );
    await dev('redrive', 'billing', '--key', orderId, '--why', 'it is open again');
    await billing.query('drop function refuse cascade');
    await completed(orderId);

    const lines = (await dev('trail', orderId, '--json')).trimEnd().split('\n');
    const tries = lines
      .map((line) => JSON.parse(line))
      .filter((entry) => entry.handler === 'billing.issue-invoice');
    expect(tries.slice(0, 3)).toMatchObject([
      {
        what: 'failed',
        attempt: 1,
        reason: 'the tax office is closed',
        type: 'shop.OrderPlaced',
        key: orderId,
      },
      { what: 'failed', attempt: 2 },
      { what: 'parked', attempt: 3 },
    ]);
    expect(tries.find(({ what }) => what === 'redriven')).toMatchObject({
      reason: 'it is open again',
      attempt: null,
    });
    expect(tries.at(-1)).toMatchObject({ what: 'handled', reason: null });
    expect(await trailOf(tries[0].eventId)).toContain('billing redriven OrderPlaced');
  } finally {
    await billing.query('drop function if exists refuse cascade');
    await billing.end();
  }
}, 60_000);
