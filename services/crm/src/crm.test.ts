/** The whole service on real Kafka, registry and Postgres; the mail goes to the mail sink of the local stack. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import {
  EmailSent,
  FollowUpEmailScheduled,
  OrderPlaced,
  UserRegistered,
  type DomainEvent,
  type EventMetadata,
} from '@everyhop/events';
import { On, type Delivery } from '@everyhop/inbox';
import { Outbox } from '@everyhop/outbox';
import { Jobs, startService, type RunningService } from '@everyhop/service';
import { engines, randomName, testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import { exampleOrder } from './follow-up/example-order.fixture.ts';
import { FollowUpModule } from './follow-up/follow-up.module.ts';
import type { CrmDatabase } from './mail/database.ts';
import { WelcomeModule } from './welcome/welcome.module.ts';

let probe: Probe;

/** Publishes as the shop would, and notes what crm says. */
class Probe {
  readonly seen: { data: FollowUpEmailScheduled | EmailSent; event: EventMetadata }[] = [];

  constructor(
    readonly outbox: Outbox,
    readonly jobs: Jobs,
  ) {}

  @On(FollowUpEmailScheduled)
  async scheduled(data: FollowUpEmailScheduled, { event }: Delivery) {
    this.seen.push({ data, event });
  }

  @On(EmailSent)
  async sent(data: EmailSent, { event }: Delivery) {
    this.seen.push({ data, event });
  }
}

const probing = {
  provide: Probe,
  useFactory: (outbox: Outbox, jobs: Jobs) => (probe = new Probe(outbox, jobs)),
  inject: [Outbox, Jobs],
};

@Module({ providers: [probing] })
class ProbeModule {}

const sink: { process?: ChildProcess; smtpPort: string; httpPort: string; folder?: string } = {
  smtpPort: '0',
  httpPort: '0',
};
let database: TestDatabase<CrmDatabase>;
let crm: RunningService;

beforeAll(async () => {
  sink.folder = await mkdtemp(`${tmpdir()}/crm-mail-`);
  await startSink();
  database = await testDatabase<CrmDatabase>();
  Object.assign(process.env, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: engines.brokers.join(),
    SCHEMA_REGISTRY_URL: engines.registryUrl,
    SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}`,
    FOLLOW_UP_DELAY: '1s',
  });
  crm = await startService(randomName('crm'), {
    features: [FollowUpModule, WelcomeModule, ProbeModule],
    migrations: new URL('../migrations/', import.meta.url),
  });
});
afterAll(async () => {
  await crm.stop();
  await database.drop();
  await stopSink();
  await rm(sink.folder!, { recursive: true });
});

test('a follow-up goes out after an order, and all of it is known to be caused by the order', async () => {
  const placed = OrderPlaced(exampleOrder());
  await publish(placed);

  const sent = await eventAbout(placed.data.orderId, 'crm.EmailSent');
  const scheduled = await eventAbout(placed.data.orderId, 'crm.FollowUpEmailScheduled');
  expect(sent.data).toEqual({
    emailId: scheduled.data.emailId,
    orderId: placed.data.orderId,
    kind: 'FollowUp',
    recipient: { name: placed.data.customer.name, email: placed.data.customer.email },
    subject: 'How was your order?',
    messageReference: `<${scheduled.data.emailId}@everyhop.example>`,
    sentAt: expect.any(Date),
  });
  for (const { event } of [scheduled, sent]) {
    expect(event).toMatchObject({ causationId: placed.id, correlationId: scheduled.event.correlationId });
  }
  const [mail, ...others] = await mailsTo(placed.data.customer.email);
  expect(others).toEqual([]);
  expect(mail).toMatchObject({
    MessageID: `${scheduled.data.emailId}@everyhop.example`,
    From: { Name: 'Everyhop', Address: 'hello@everyhop.example' },
    To: [{ Name: placed.data.customer.name, Address: placed.data.customer.email }],
    Subject: 'How was your order?',
  });
  const { HTML, Text } = await sinkApi(`message/${mail.ID}`);
  expect(Text).toContain('- 2 × Field notebook');
  expect(HTML).toContain('Hello Zoë &#60;Łukasiewicz&#62;, Ltd.,');
});

test('who registers is welcomed at once', async () => {
  const email = `${randomUUID()}@example.com`;
  await publish(UserRegistered({ userId: randomUUID(), name: 'Ada', email, registeredAt: new Date() }));
  const [mail] = await waitUntil('the mail is there', async () => {
    const mails = await mailsTo(email);
    return mails.length > 0 ? mails : undefined;
  });
  expect(mail).toMatchObject({ Subject: 'Welcome to Everyhop' });
});

test('while the mail server is down nothing is lost, and nothing is said to be sent', async () => {
  await stopSink();
  const placed = OrderPlaced(exampleOrder());
  await publish(placed);
  await waitUntil('its job is paused', () => probe.jobs.paused.has('send-email'));
  expect(eventsAbout(placed.data.orderId).map(({ event }) => event.type)).toEqual([
    'crm.FollowUpEmailScheduled',
  ]);

  await startSink();
  await eventAbout(placed.data.orderId, 'crm.EmailSent');
  expect(await mailsTo(placed.data.customer.email)).toHaveLength(1);
  expect(probe.jobs.paused.size).toBe(0);
});

test.each([
  [
    'noted as sent',
    'after update on emails deferrable initially deferred for each row when (new.sent_at is not null)',
  ],
  ['announced', `after insert on outbox for each row when (new.type = 'crm.EmailSent')`],
])(
  'a sent mail that can not be %s at first is not sent again, and EmailSent is said once',
  async (_, when) => {
    await failFirst(when);
    const placed = OrderPlaced(exampleOrder());
    await publish(placed);
    const { data } = await eventAbout(placed.data.orderId, 'crm.EmailSent');
    const mails = await mailsTo(placed.data.customer.email);
    expect(mails.map(({ MessageID }) => MessageID)).toEqual([`${data.emailId}@everyhop.example`]);
    const sent = eventsAbout(placed.data.orderId).filter(({ event }) => event.type === 'crm.EmailSent');
    expect(sent).toHaveLength(1);
  },
);

test('a mail that can not be noted as on its way is not sent until it can be', async () => {
  await failFirst(`after update on emails for each row when (new.state = 'sending')`);
  const placed = OrderPlaced(exampleOrder());
  await publish(placed);
  await eventAbout(placed.data.orderId, 'crm.EmailSent');
  expect(await mailsTo(placed.data.customer.email)).toHaveLength(1);
});

test('a mail that is noted as sent is never sent again', async () => {
  const placed = OrderPlaced(exampleOrder());
  await publish(placed);
  const { data } = await eventAbout(placed.data.orderId, 'crm.EmailSent');
  await database.db
    .transaction()
    .execute((tx) => probe.jobs.add(tx, 'send-email', { emailId: data.emailId }));
  await waitUntil('no job is left', async () => {
    const { rowCount } = await database.pool.query('select from graphile_worker.jobs');
    return rowCount === 0;
  });
  expect(await mailsTo(placed.data.customer.email)).toHaveLength(1);
});

const publish = (event: DomainEvent<any>) => probe.outbox.transaction((tx) => tx.publish(event));

const eventsAbout = (orderId: string) => probe.seen.filter(({ data }) => data.orderId === orderId);

const eventAbout = (orderId: string, type: string) =>
  waitUntil(`${type} of ${orderId}`, () => eventsAbout(orderId).find(({ event }) => event.type === type));

/** Has one transaction fail: the first that does what `trigger` says. */
async function failFirst(trigger: string): Promise<void> {
  await database.pool.query(`
    drop function if exists fail_first cascade;
    drop sequence if exists failures;
    create sequence failures;
    create function fail_first() returns trigger language plpgsql as $$
      begin
        if nextval('failures') = 1 then raise exception 'not now'; end if;
        return new;
      end $$;
    create constraint trigger fail_first ${trigger} execute function fail_first()`);
}

async function sinkApi(path: string): Promise<any> {
  return (await fetch(`http://127.0.0.1:${sink.httpPort}/api/v1/${path}`)).json();
}

async function mailsTo(address: string): Promise<any[]> {
  return (await sinkApi(`search?query=${encodeURIComponent(`to:${address}`)}`)).messages;
}

async function startSink(): Promise<void> {
  const main = new URL('../../../infra/mail-sink/src/main.ts', import.meta.url).pathname;
  const { smtpPort: SMTP_PORT, httpPort: HTTP_PORT, folder: MAIL_DIR } = sink;
  sink.process = spawn(process.execPath, [main], {
    env: { ...process.env, NODE_OPTIONS: '', SMTP_PORT, HTTP_PORT, MAIL_DIR },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(sink.process.stdout!, 'data');
  const [smtpPort, httpPort] = [...String(line).matchAll(/:(\d+)/g)].map(([, port]) => port!);
  Object.assign(sink, { smtpPort, httpPort });
}

async function stopSink(): Promise<void> {
  sink.process!.kill();
  await once(sink.process!, 'exit');
}
