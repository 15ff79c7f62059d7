/**
 * What would go wrong: a mail server that takes a mail and answers late is given it again and again, each time within
 * an open transaction that Postgres may cut off; nobody counts how often a mail may have arrived; and a mail that can
 * never be delivered is tried for days.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Jobs, startService } from '@everyhop/service';
import { engines, randomName, testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import type { CrmDatabase } from './database.ts';
import { MailModule } from './mail.module.ts';
import { SmtpServer } from './smtp-server.fixture.ts';

// Read once: it is a setting that tests change.
const { registryUrl } = engines;
const service = randomName('crm');
const migrations = new URL('../../migrations/', import.meta.url);

let database: TestDatabase<CrmDatabase>;
const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await database.pool.query('truncate emails, outbox');
});
afterAll(() => database.drop());

/** What sends emails, over a mail server that follows `script`; what it publishes stays in the outbox. */
async function start(script?: SmtpServer['script'], settings: Record<string, string> = {}) {
  const smtp = await SmtpServer.start(script);
  cleanups.push(() => smtp[Symbol.asyncDispose]());
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url, KAFKA_BROKERS: '127.0.0.1:1' },
    ...{ SCHEMA_REGISTRY_URL: registryUrl, SMTP_URL: smtp.url },
    ...{ MAIL_TIMEOUT: '30s', MAIL_ANSWER_TIMEOUT: '10m', MAIL_MAX_UNCERTAIN: '3' },
    ...settings,
  });
  let added!: Jobs;
  const probe = { provide: 'probe', useFactory: (jobs: Jobs) => (added = jobs), inject: [Jobs] };
  @Module({ imports: [MailModule], providers: [probe] })
  class Probing {}
  const running = await startService(service, { features: [Probing], migrations });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= running.stop());
  cleanups.push(stop);
  const ask = async (path: string, body?: object) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return (await fetch(`${running.url}/admin/emails${path}`, body ? init : {})).json();
  };
  return {
    smtp,
    stop,
    ask,
    schedule: (recipient: string, state?: 'sending') => schedule(added, recipient, state),
  };
}

async function schedule(jobs: Jobs, recipient_email: string, state?: 'sending'): Promise<string> {
  return database.db.transaction().execute(async (tx) => {
    const { id } = await tx
      .insertInto('emails')
      .values({
        ...{ event_id: randomUUID(), kind: 'Welcome', recipient_name: 'Ada', recipient_email, state },
        ...{ subject: 's', body_text: 't', body_html: '<p>t</p>', send_at: new Date() },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await jobs.add(tx, 'send-email', { emailId: id }, { key: id });
    return id;
  });
}

const email = (id: string) =>
  database.db.selectFrom('emails').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

const ends = (id: string, state: string) =>
  waitUntil(`the email is ${state}`, async () => (await email(id)).state === state);

const jobsLeft = async () => (await database.pool.query('select from graphile_worker.jobs')).rowCount;

const noJobIsLeft = () => waitUntil('no job is left', async () => (await jobsLeft()) === 0);

const announced = async () => (await database.pool.query('select from outbox')).rowCount;

test('while a mail is on its way no transaction is open, and it is sent once however long the answer takes', async () => {
  const answer = Promise.withResolvers<string>();
  const { smtp, schedule } = await start((moment) => (moment === 'content' ? answer.promise : undefined));
  const id = await schedule('ada@example.com');
  await waitUntil('the server has it', () => smtp.taken.length === 1);

  const { rows } = await database.pool.query(`
    select query from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'`);
  expect(rows).toEqual([]);
  expect(await email(id)).toMatchObject({ state: 'sending', tries: 1, sent_at: null });
  expect(await announced()).toBe(0);

  answer.resolve('250 queued');
  await ends(id, 'sent');
  await noJobIsLeft();
  expect(smtp.taken).toEqual([{ messageId: `<${id}@everyhop.example>`, to: 'ada@example.com' }]);
  expect(await email(id)).toMatchObject({ tries: 1, uncertain: 0, sent_at: expect.any(Date) });
  expect(await announced()).toBe(1);
});

test('a mail whose answer comes while the database is away is sent once, and noted when it is back', async () => {
  const answer = Promise.withResolvers<string>();
  const { smtp, schedule } = await start((moment) => (moment === 'content' ? answer.promise : undefined));
  const id = await schedule('ada@example.com');
  await waitUntil('the server has it', () => smtp.taken.length === 1);
  const name = (await database.pool.query('select current_database() as name')).rows[0].name;
  await database.pool.query(`alter table emails rename to emails_away`);
  await database.pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [name],
  );
  answer.resolve('250 queued');
  await database.pool.query(`alter table emails_away rename to emails`);

  await ends(id, 'sent');
  await noJobIsLeft();
  expect(smtp.taken).toHaveLength(1);
  expect(await announced()).toBe(1);
});

test('a server that never answers gets a mail as often as the limit says, each time with its Message-ID', async () => {
  const { smtp, schedule } = await start((moment) => (moment === 'content' ? 'silence' : undefined), {
    MAIL_ANSWER_TIMEOUT: '200ms',
    MAIL_MAX_UNCERTAIN: '2',
  });
  const id = await schedule('ada@example.com');
  await ends(id, 'uncertain');
  await noJobIsLeft();
  const messageId = `<${id}@everyhop.example>`;
  expect(smtp.taken.map((taken) => taken.messageId)).toEqual([messageId, messageId]);
  expect(await email(id)).toMatchObject({
    ...{ tries: 2, uncertain: 2, sent_at: null },
    last_error: expect.stringContaining('did not say whether it took the mail'),
  });
  expect(await announced()).toBe(0);
});

test('a mail that was on its way when its process died is sent again, which counts', async () => {
  const { smtp, schedule } = await start();
  const id = await schedule('ada@example.com', 'sending');
  await ends(id, 'sent');
  expect(await email(id)).toMatchObject({ uncertain: 1 });
  expect(smtp.taken).toHaveLength(1);
  expect(await announced()).toBe(1);
});

test('a mail with which processes die one after the other is not sent for ever', async () => {
  const { smtp, schedule } = await start(undefined, { MAIL_MAX_UNCERTAIN: '1' });
  const id = await schedule('ada@example.com', 'sending');
  await ends(id, 'uncertain');
  await noJobIsLeft();
  expect(smtp.taken).toEqual([]);
});

test('stopping ends what is on its way: sent later when the server was not given it, uncertain when it was', async () => {
  const reached = { RCPT: Promise.withResolvers<void>(), content: Promise.withResolvers<void>() };
  const { schedule, stop } = await start((moment, to) => {
    if (moment !== to.split('@')[0]) return undefined;
    reached[moment as keyof typeof reached].resolve();
    return 'silence';
  });
  const [early, late] = [await schedule('RCPT@example.com'), await schedule('content@example.com')];
  await Promise.all([reached.RCPT.promise, reached.content.promise]);
  await stop();
  expect(await email(early)).toMatchObject({ state: 'pending', uncertain: 0 });
  expect(await email(late)).toMatchObject({ state: 'pending', uncertain: 1 });
  expect(await jobsLeft()).toBe(2);
});

test('a mail that is refused waits for an operator at once, one that is deferred is tried again', async () => {
  const deferred = new Set<string>();
  const { smtp, schedule } = await start((moment, to) => {
    if (moment !== 'RCPT') return undefined;
    if (to.startsWith('unknown')) return '550 5.1.1 no such user';
    return to.startsWith('grey') && !deferred.has(to) ? (deferred.add(to), '451 4.7.1 later') : undefined;
  });
  const [unknown, grey, ada] = [
    await schedule('unknown@example.com'),
    await schedule('grey@example.com'),
    await schedule('ada@example.com'),
  ];
  await Promise.all([ends(unknown, 'failed'), ends(grey, 'sent'), ends(ada, 'sent')]);
  await noJobIsLeft();
  expect(smtp.recipients).toEqual(['ada@example.com', 'grey@example.com']);
  expect(await email(unknown)).toMatchObject({
    tries: 1,
    last_error: expect.stringContaining('no such user'),
  });
  expect(await email(grey)).toMatchObject({ tries: 2, uncertain: 0 });
  expect(await announced()).toBe(2);
});

test('a mail that could not be announced is not sent', async () => {
  const { smtp, schedule } = await start(undefined, { SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1' });
  const id = await schedule('ada@example.com');
  await waitUntil('it was tried', async () => (await email(id)).last_error !== null);
  expect(smtp.taken).toEqual([]);
  expect(await email(id)).toMatchObject({ uncertain: 0 });
});

test('an operator sees what was given up, has it sent again, or gives it up for good', async () => {
  const known = new Set<string>();
  const { smtp, schedule, ask } = await start((moment, to) =>
    moment === 'RCPT' && !known.has(to) ? '550 no such user' : undefined,
  );
  const [ada, eve] = [await schedule('ada@example.com'), await schedule('eve@example.com')];
  await Promise.all([ends(ada, 'failed'), ends(eve, 'failed')]);
  const given = { state: 'failed', kind: 'Welcome', tries: 1, uncertain: 0 };
  expect(await ask('?state=failed')).toMatchObject([given, given]);
  expect(await ask('?state=uncertain')).toEqual([]);

  known.add('ada@example.com');
  const operator = { by: 'ops', why: 'the mailbox is there now' };
  expect(await ask('/redrive', { ...operator, filter: {} })).toMatchObject({ status: 422 });
  expect(await ask('/redrive', { ...operator, filter: { emailId: ada } })).toEqual({ count: 1 });
  await ends(ada, 'sent');
  expect(await ask('/discard', { ...operator, filter: { state: 'failed' } })).toEqual({ count: 1 });
  expect(await ask('')).toEqual([]);
  expect(smtp.recipients).toEqual(['ada@example.com']);
  const { rows } = await database.pool.query('select action, by from inbox_action order by id');
  expect(rows).toEqual([
    { action: 'redrive', by: 'ops' },
    { action: 'discard', by: 'ops' },
  ]);
});
