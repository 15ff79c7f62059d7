/** What would go wrong: a crash loses, doubles or reorders something; or it does, and ./dev chaos does not see it. */
import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { root } from '@everyhop/local';
import type { Databases } from './databases.ts';
import { runChaos } from './run-chaos.ts';
import { chaosSystem, withEnv } from './system.ts';

test('a short run of ./dev chaos loses, doubles and reorders nothing', async () => {
  const args = ['chaos', '--orders', '60', '--seconds', '20', '--seed', '15', '--json'];
  const run = spawn('./dev', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const verdict = JSON.parse(await text(run.stdout));
  expect(verdict).toEqual({
    seed: '15',
    orders: 60,
    kills: expect.any(Number),
    freezes: expect.any(Number),
    restarts: expect.any(Number),
    cuts: expect.any(Number),
    lost: 0,
    duplicated: 0,
    outOfOrder: 0,
    deadLettered: 0,
    eventsResent: expect.any(Number),
    mailsResent: expect.any(Number),
    recoveredMs: expect.any(Number),
  });
  expect(verdict.kills + verdict.freezes + verdict.restarts).toBeGreaterThan(2);
}, 300_000);

const sendTwice = `
  create table sent_once (position bigint primary key);
  create function keep_once() returns trigger language plpgsql as $$ begin
    insert into sent_once values (old.position) on conflict do nothing;
    return case when found then null else old end;
  end $$;
  create trigger keep_once before delete on outbox for each row execute function keep_once()`;
const handleTwice = `
  alter table inbox drop constraint inbox_pkey;
  alter table invoices drop constraint invoices_order_id_key`;
const failFirstCommits = `
  create sequence commits;
  create function fail_first() returns trigger language plpgsql as $$ begin
    if nextval('commits') <= 5 then raise exception 'as if a deadlock' using errcode = '40P01'; end if;
    return null;
  end $$;
  create constraint trigger fail_first after insert on shipments deferrable initially deferred
    for each row execute function fail_first()`;

test('an inbox that does not know what it handled, and events sent outside of their transaction, are found out', async () => {
  const preload = new URL('direct-send.fixture.ts', import.meta.url).href;
  const { damages, unrest } = await runChaos({
    orders: 20,
    seconds: 5,
    seed: 'unused',
    plan: [],
    components: (portBase) =>
      chaosSystem(portBase).map((component) =>
        component.name.startsWith('logistics')
          ? withEnv(component, { NODE_OPTIONS: `--import ${preload}` })
          : component,
      ),
    async prepare(databases: Databases) {
      await databases.query('shop', sendTwice);
      await databases.query('billing', handleTwice);
      await databases.query('logistics', failFirstCommits);
    },
  });
  expect(unrest).toEqual([]);
  const whats = damages.map(({ kind, what }) => `${kind}: ${what.replaceAll(/[0-9a-f-]{36}/g, '…')}`);
  expect(whats).toContain('duplicated: has 2 × invoice: …, …');
  expect(whats).toContain('duplicated: has 2 × event billing.InvoiceIssued: …, …');
  expect(whats).toContain('duplicated: no transaction committed logistics.ShippingLabelCreated …');
  expect(whats.join('\n')).toMatch(/has [2-6] × event logistics\.ShippingLabelCreated/);
  // Those who hear of each order twice and are faithful handle it once.
  expect(whats.join('\n')).not.toMatch(/shipment|emails|mail:|crm/);
}, 300_000);
