/** What would go wrong: something breaks, and nobody is told; or nobody notices that a graph shows nothing. */
import { afterAll, beforeAll, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrderPlaced, toHeaders } from '@everyhop/events';
import { Producers } from '@everyhop/kafka';
import { kafka, portsFrom, prometheus, readSettings, root, servicePorts } from '@everyhop/local';
import { engines, waitUntil } from '@everyhop/testing';
import { Databases } from '../chaos/databases.ts';
import { newOrder, placeOrder } from '../order/place-order.ts';
import { getJson, postJson } from '../order/shop-api.ts';
import { type Stack, startStack } from '../stack/index.ts';
import { moveTopic } from './move-topic.fixture.ts';
import { alertsOf, ask } from './prometheus-api.ts';
import { run, test } from './prometheus.fixture.ts';

// An hour is a minute, and a minute a second.
const speed = 60;
const patient = { timeoutMs: 90_000 };
const { portBase } = readSettings();
const ports = portsFrom(portBase);
const shop = `http://127.0.0.1:${ports.shop}`;
const services = Object.entries(servicePorts(ports));
const databases = new Databases(portBase);
const seen = new Set<string>();
let state: string;
let watch: Stack;
let url: string;
let start: Date;

const dev = (...args: string[]) => run(['./dev', ...args]);
const orders = (count: number) => Promise.all(Array.from({ length: count }, () => placeOrder(shop)));

/** Lets every insert into a table fail with an error of PostgreSQL, or only those for which `when` holds; mends it when disposed. */
async function breakInserts(
  service: 'shop' | 'billing' | 'logistics',
  table: string,
  code: string,
  when = 'true',
) {
  await databases.query(
    service,
    `create function broken() returns trigger language plpgsql as $$ begin
       raise exception 'broken on purpose' using errcode = '${code}';
     end $$;
     create trigger broken before insert on ${table} for each row when (${when}) execute function broken()`,
  );
  const mend = async () => void (await databases.query(service, 'drop function broken() cascade'));
  return { [Symbol.asyncDispose]: mend };
}

/** Resolves when the alert fires, about these labels, for something that has come true since `since`. */
async function fires(since: Date, alertname: string, about: Record<string, string> = {}) {
  await waitUntil(
    `${alertname} fires`,
    async () =>
      (await alertsOf(url)).some(
        ({ state, labels, activeAt }) =>
          state === 'firing' &&
          new Date(activeAt) >= since &&
          Object.entries({ alertname, ...about }).every(([name, value]) => labels[name] === value),
      ),
    patient,
  );
  seen.add(alertname);
}

/** What other tests have parked would fire before it is looked for. */
async function discardAll() {
  for (const service of ['billing', 'logistics', 'crm', 'shop'])
    await dev('discard', service, '--all').catch(() => undefined);
}

beforeAll(async () => {
  await discardAll();
  state = await mkdtemp(join(tmpdir(), 'everyhop-alerts-'));
  const components = (base: number) => [
    {
      ...prometheus({ port: portsFrom(base).prometheus, targets: servicePorts(ports), speed }),
      optional: false,
    },
  ];
  watch = await startStack({ state, portBase: 'free', components });
  url = `http://127.0.0.1:${watch.ports.prometheus}`;
  start = new Date();
  await waitUntil('all services are watched', async () => {
    const { result } = await ask(url, 'query', { query: 'count(up == 1)' });
    return result[0]?.value[1] === String(services.length);
  });
  // What has never been asked has no metrics of answers.
  for (const [, port] of services) await fetch(`http://127.0.0.1:${port}/nothing`);
  await orders(12);
}, 180_000);

afterAll(async () => {
  await discardAll();
  await watch?.stop();
  await databases[Symbol.asyncDispose]();
  await rm(state, { recursive: true, force: true });
}, 60_000);

test('a poisoned event is dead in the end, what follows it waits, and the gap between them is told', async () => {
  const since = new Date();
  await using _poison = await breakInserts(
    'logistics',
    'shipments',
    '23514',
    `new.recipient->>'name' = 'Poison'`,
  );
  const order = newOrder(await getJson(`${shop}/products`));
  const shippingAddress = { ...order.shippingAddress, name: 'Poison' };
  const { orderId } = await postJson(`${shop}/orders`, { ...order, shippingAddress });
  const payload = await waitUntil('it is parked', async () => {
    const found = 'select payload from inbox_parked where key = $1';
    return (await databases.query('logistics', found, [orderId]))[0]?.payload as Buffer | undefined;
  });
  const metadata = {
    id: randomUUID(),
    type: OrderPlaced.type,
    source: 'shop',
    key: orderId,
    time: new Date(),
  };
  const headers = toHeaders({ ...metadata, sequence: 3n, correlationId: randomUUID() });
  await send({ key: orderId, value: payload, headers });

  await fires(since, 'SequenceIrregularity', { job: 'logistics', kind: 'gap' });
  await fires(since, 'EventsParked', { handler: 'logistics.create-label' });
  await fires(since, 'EventsDead', { handler: 'logistics.create-label' });
}, 180_000);

test('a record that nobody can read is told', async () => {
  const since = new Date();
  await send({ key: randomUUID(), value: Buffer.from('hello'), headers: {} });
  for (const job of ['billing', 'logistics', 'crm']) await fires(since, 'UnreadableRecords', { job });
}, 180_000);

test('an event that Kafka refuses is told', async () => {
  const since = new Date();
  await databases.query(
    'shop',
    `create function inflate() returns trigger language plpgsql as $$ begin
       new.payload := new.payload || decode(repeat('00', 1500000), 'hex');
       return new;
     end $$;
     create trigger inflate before insert on outbox for each row execute function inflate()`,
  );
  await orders(1).finally(() => databases.query('shop', 'drop function inflate() cascade'));
  await fires(since, 'OutboxRefused', { job: 'shop' });
  await dev('discard', 'shop', '--refused', '--all');
}, 180_000);

test('a service whose answers are errors burns its budget', async () => {
  const since = new Date();
  await using _broken = await breakInserts('shop', 'orders', '23514');
  await expect(orders(1)).rejects.toThrow('500');
  // Nobody sees a counter increase that is born with it.
  await waitUntil('it is counted', async () => {
    const query = 'http_server_request_duration_seconds_count{job="shop", http_response_status_code="500"}';
    return (await ask(url, 'query', { query })).result.length > 0;
  });
  await Promise.allSettled(Array.from({ length: 12 }, () => orders(1)));
  await fires(since, 'AvailabilityBurn', { job: 'shop', severity: 'page' });
}, 180_000);

test('a database that is out of disk space pauses its consumer, whose lag then stays, and whose budget burns', async () => {
  const since = new Date();
  {
    await using _full = await breakInserts('billing', 'invoices', '53100');
    await orders(12);
    await fires(since, 'ConsumerPaused', { job: 'billing' });
    await fires(since, 'ConsumerLag', { group: 'billing', topic: 'shop.orders' });
  }
  await fires(since, 'FreshnessBurn', { handler: 'billing.issue-invoice', severity: 'page' });
}, 180_000);

test('a service of which it can not be read what is parked is told', async () => {
  const since = new Date();
  // Not locked: an answer that takes a second is too late for a scrape that has a sixtieth of its time.
  await databases.query('logistics', 'alter table inbox_parked rename to inbox_parked_away');
  try {
    await fires(since, 'StateUnknown', { job: 'logistics', gauge: 'parked events' });
  } finally {
    await databases.query('logistics', 'alter table inbox_parked_away rename to inbox_parked');
  }
}, 180_000);

test('an email that was given up is told', async () => {
  const since = new Date();
  await databases.query(
    'crm',
    `insert into emails (event_id, kind, recipient_name, recipient_email, subject, body_text, body_html, send_at, state)
     values (gen_random_uuid(), 'Welcome', 'Ada', 'ada@example.com', 'Hello', 'Hello', '<p>Hello</p>', now(), 'failed')`,
  );
  await fires(since, 'EmailsGivenUp', { job: 'crm', state: 'failed' });
  await databases.query('crm', `update emails set state = 'discarded' where state = 'failed'`);
}, 180_000);

test('while Kafka stands still, events get old in the outbox, and burn the budget when it goes on', async () => {
  const since = new Date();
  const { pid } = await statusOf('kafka');
  process.kill(pid, 'SIGSTOP');
  try {
    await orders(12);
    await fires(since, 'OutboxStuck', { job: 'shop' });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await fires(since, 'PublishingBurn', { job: 'shop', topic: 'shop.orders', severity: 'page' });
}, 180_000);

test('a service that does not run is down', async () => {
  const since = new Date();
  await dev('stop', 'crm');
  try {
    await fires(since, 'ServiceDown', { job: 'crm' });
    const env = { EVERYHOP_PORT_BASE: String(watch.settings.portBase) };
    // While something fires it exits with 1.
    await expect(run(['./dev', 'alerts'], { env })).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('docs/operations.md#servicedown'),
    });
  } finally {
    await dev('start', 'crm');
  }
  await waitUntil('crm is back', async () => (await statusOf('crm')).state === 'ready', {
    timeoutMs: 60_000,
  });
}, 180_000);

test('a topic of which a broker has lost its copy is under-replicated', async () => {
  const since = new Date();
  // Not before: Kafka spreads the topics that it makes for itself over the brokers there are when they are needed.
  await using brokers = await startStack({
    state: join(state, 'second-broker'),
    portBase: 'free',
    components: (base) => [
      kafka({ node: 2, port: portsFrom(base).kafka, controllerPort: ports.kafkaController }),
    ],
  });
  try {
    await moveTopic(engines.brokers, 'shop.orders', [1, 2]);
    await brokers.stop();
    await fires(since, 'UnderReplicated', { topic: 'shop.orders' });
  } finally {
    await moveTopic(engines.brokers, 'shop.orders', [1]);
  }
}, 240_000);

test('no alert is left that has not been seen to fire', async () => {
  const { groups } = await ask(url, 'rules', { type: 'alert' });
  const names = groups.flatMap(({ rules }: any) => rules.map(({ name }: any) => name));
  expect([...seen].toSorted()).toEqual([...new Set(names)].toSorted());
});

const dashboards = globSync('infra/grafana/dashboards/*.json', { cwd: root });
test.each(dashboards)(
  'every panel of %s shows something',
  async (path) => {
    const { panels, templating } = JSON.parse(await readFile(join(root, path), 'utf8'));
    const values = templating.list?.length > 0 ? services.map(([name]) => name) : [''];
    const empty: string[] = [];
    for (const { title, targets = [] } of panels)
      for (const { expr } of targets)
        for (const value of values) {
          const query = expr.replaceAll('$__rate_interval', '10s').replaceAll('$job', value);
          const range = { start: start.toISOString(), end: new Date().toISOString(), step: '1s' };
          const { result } = await ask(url, 'query_range', { query, ...range });
          if (result.length === 0) empty.push(`${title} ${value}: ${query}`);
        }
    expect(empty).toEqual([]);
  },
  60_000,
);

async function send(record: { key: string; value: Buffer; headers: Record<string, string | Buffer> }) {
  const producers = new Producers({ brokers: engines.brokers });
  const producer = await producers.open();
  await producer.send([{ topic: 'shop.orders', ...record }]).finally(() => producers.disconnect());
}

async function statusOf(name: string): Promise<{ state: string; pid: number }> {
  const all: any[] = JSON.parse(await dev('status', '--json'));
  return all.find((process) => process.name === name);
}
