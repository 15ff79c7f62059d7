/**
 * What would go wrong: a job that fails as if something were away, as when a mail server drops the connection for some
 * recipients, is tried again and again, holds its worker meanwhile, and is never given up; four of them stop all jobs.
 */
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { testDatabase, waitUntil } from '@everyhop/testing';
import { sql, type Kysely } from 'kysely';
import nodemailer from 'nodemailer';
import { pino } from 'pino';
import { openPool } from '../database/open-pool.ts';
import { Job, Jobs, jobsOf, startJobs, type JobDelivery } from './index.ts';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A mail server that hangs up on whoever names a recipient of `blocked`. */
async function mailServer(blocked: string) {
  const talk = (socket: Socket) => {
    socket.on('error', () => {});
    socket.write('220 ready\r\n');
    let isData = false;
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().split('\r\n').filter(Boolean)) {
        if (/^RCPT/i.test(line) && line.includes(blocked)) return void socket.destroy();
        if (isData && line !== '.') continue;
        isData = /^DATA/i.test(line);
        socket.write(isData ? '354 go on\r\n' : '250 OK\r\n');
      }
    });
  };
  const server: Server = createServer(talk).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

class Mailer {
  readonly sent: string[] = [];
  readonly tried: string[] = [];
  db: Kysely<any> | undefined;

  constructor(public port: number) {}

  @Job('send', { maxAttempts: 2 })
  async send({ to }: { to: string }, { attempt }: JobDelivery): Promise<void> {
    this.tried.push(`${to} ${attempt}`);
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: this.port, ignoreTLS: true });
    await transport.sendMail({ from: 'shop@example.org', to, subject: 'Hello', text: 'Hello' });
    this.sent.push(to);
  }

  @Job('say', { maxAttempts: 2 })
  async say({ to }: { to: string }): Promise<void> {
    throw new Error(`no \0, no \ud83d: ${to}`, { cause: 'none' });
  }

  @Job('conflict', { maxAttempts: 2 })
  async conflict(): Promise<void> {
    const raise = sql`do $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$`;
    await raise.execute(this.db!);
  }
}

async function start(port: number) {
  const database = await testDatabase();
  cleanups.push(() => database.drop());
  const pool = openPool(database.url, 'workers', pino({ level: 'silent' }));
  cleanups.push(() => pool.end());
  const mailer = new Mailer(port);
  mailer.db = database.db;
  const jobs = new Jobs(jobsOf(mailer));
  const workers = await startJobs({ pool, jobs, pollMs: 3_600_000 });
  cleanups.push(() => workers.stop());
  return {
    mailer,
    jobs,
    add: (name: string, ...payloads: object[]) =>
      database.db.transaction().execute(async (tx) => {
        for (const payload of payloads) await jobs.add(tx, name, payload);
      }),
    left: async () => {
      const { rows } = await database.pool.query(
        'select attempts, max_attempts, last_error from graphile_worker.jobs order by id',
      );
      return rows;
    },
  };
}

const to = (...names: string[]) => names.map((name) => ({ to: `${name}@example.org` }));

test('a server that hangs up on some gets the mails of the others, and those of the some end after their limit', async () => {
  const { mailer, jobs, add, left } = await start(await mailServer('blocked'));
  await add('send', ...to('blocked1', 'blocked2', 'blocked3', 'blocked4'));
  await waitUntil('all four have been tried', () => new Set(mailer.tried).size === 4);
  await add('send', ...to('ada', 'zoe'));
  await waitUntil('the others have theirs', () => mailer.sent.length === 2);
  await waitUntil(
    'the four are given up',
    async () => (await left()).every(({ attempts, max_attempts: max }) => attempts === max),
    { timeoutMs: 40_000 },
  );
  expect(await left()).toEqual(
    Array(4).fill({ attempts: 2, max_attempts: 2, last_error: expect.stringContaining('closed') }),
  );
  expect([...jobs.paused]).toEqual([]);
});

test('while nobody gets through nothing is counted, no worker is held, and it is said; then all get through', async () => {
  const { mailer, jobs, add, left } = await start(1);
  await add('send', ...to('ada', 'zoe', 'bob', 'eve', 'kim'));
  await waitUntil('all five are tried again', () => mailer.tried.length >= 10);
  expect(new Set(mailer.tried).size).toBe(5);
  expect([...jobs.paused]).toEqual(['send']);
  await waitUntil('none has an attempt', async () => (await left()).every(({ attempts }) => attempts === 0));
  mailer.port = await mailServer('nobody');
  await waitUntil('all have theirs', () => mailer.sent.length === 5);
  await waitUntil('no job is left', async () => (await left()).length === 0);
  expect([...jobs.paused]).toEqual([]);
});

test('what the database answers each time is a failure, though it could have been an outage', async () => {
  const { add, left } = await start(1);
  await add('conflict', {});
  await waitUntil('it is given up', async () => (await left())[0]?.attempts === 2);
  expect(await left()).toMatchObject([{ last_error: 'deadlock detected' }]);
});

test('an error that says what Postgres cannot store is noted as far as it can be, and other jobs go on', async () => {
  const { mailer, add, left } = await start(await mailServer('nobody'));
  await add('say', ...to('ada', 'zoe'));
  await waitUntil('both are given up', async () => (await left()).every(({ attempts }) => attempts === 2));
  await add('send', ...to('eve'));
  await waitUntil('the mail is sent', () => mailer.sent.length === 1);
  const said = (name: string) => ({ last_error: `no \ufffd, no \ufffd: ${name}@example.org` });
  await waitUntil('only those two are left', async () => (await left()).length === 2);
  expect(await left()).toMatchObject([said('ada'), said('zoe')]);
});

test('jobs that wait long for an answer do not keep others from theirs', async () => {
  const open = new Set<Socket>();
  const silent = createServer((socket) => void open.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  cleanups.push(() => {
    for (const socket of open) socket.destroy();
    silent.close();
  });
  const { mailer, add } = await start((silent.address() as AddressInfo).port);
  await add('send', ...to('ada', 'zoe', 'bob', 'eve', 'kim', 'lea'));
  await waitUntil('six wait for the server', () => open.size === 6);
  mailer.port = await mailServer('nobody');
  await add('send', ...to('max'));
  await waitUntil('another has its mail', () => mailer.sent.length === 1);
});
