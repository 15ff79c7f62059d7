/**
 * What would go wrong: a mail that was not delivered is given up, one that may have been is sent again without a limit,
 * and one whose recipient's server hangs up is taken for an outage of the mail server. And each mail would open a
 * connection of its own, or fail when the server had closed the one that was kept.
 */
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { isOutage } from '@everyhop/inbox';
import { waitUntil } from '@everyhop/testing';
import { MailServer, type Mail } from './mail-server.ts';
import { SmtpServer, type Moment } from './smtp-server.fixture.ts';

const cleanups: AsyncDisposable[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup[Symbol.asyncDispose]();
});

async function start(script?: SmtpServer['script'], settings: Record<string, string> = {}) {
  const smtp = await SmtpServer.start(script);
  Object.assign(process.env, {
    ...{ SMTP_URL: smtp.url, MAIL_TIMEOUT: '30s', MAIL_ANSWER_TIMEOUT: '10m' },
    ...settings,
  });
  const mailServer = new MailServer();
  cleanups.push(smtp, mailServer);
  return { smtp, mailServer };
}

const mailTo = (email: string): Mail => ({
  messageId: `<${email}>`,
  recipient: { name: 'Ada', email },
  ...{ subject: 'Hi', text: 'Hello', html: '<p>Hello</p>' },
});

const ada = mailTo('ada@example.com');

test.each<[string, Moment, string, string, { taken?: number; outage?: boolean }]>([
  ['the server greets nobody', 'greeting', '554 not today', 'MailServerUnavailable', { outage: true }],
  ['it hangs up before it greets', 'greeting', 'drop', 'MailServerUnavailable', { outage: true }],
  ['it never greets', 'greeting', 'silence', 'MailServerUnavailable', { outage: true }],
  ['it refuses us as the sender', 'MAIL', '550 not you', 'MailServerUnavailable', { outage: true }],
  ['it hangs up at the recipient', 'RCPT', 'drop', 'MailServerUnavailable', { outage: true }],
  ['it falls silent at the recipient', 'RCPT', 'silence', 'MailServerUnavailable', { outage: true }],
  ['it goes away at the recipient', 'RCPT', '421 going down', 'MailServerUnavailable', { outage: true }],
  ['it does not know the recipient', 'RCPT', '550 5.1.1 no such user', 'MailRefused', {}],
  ['it wants the recipient later', 'RCPT', '451 4.7.1 greylisted', 'MailDeferred', {}],
  ['it does not take the content now', 'content', '452 disk full', 'MailDeferred', { taken: 1 }],
  ['it never takes the content', 'content', '554 spam', 'MailRefused', { taken: 1 }],
  [
    'it goes away instead of taking it',
    'content',
    '421 going down',
    'MailServerUnavailable',
    { taken: 1, outage: true },
  ],
  ['it hangs up after the content', 'content', 'drop', 'DeliveryUncertain', { taken: 1 }],
  ['it falls silent after the content', 'content', 'silence', 'DeliveryUncertain', { taken: 1 }],
  ['it says nonsense after the content', 'content', 'what?', 'DeliveryUncertain', { taken: 1 }],
])('when %s the mail is known to be delivered or not', async (_, when, what, name, expected) => {
  const { smtp, mailServer } = await start((moment) => (moment === when ? what : undefined), {
    MAIL_TIMEOUT: '1s',
    MAIL_ANSWER_TIMEOUT: '1s',
  });
  const error: unknown = await mailServer.send(ada).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name });
  expect(isOutage(error)).toBe(expected.outage ?? false);
  expect(smtp.taken).toHaveLength(expected.taken ?? 0);
});

test.each([
  ['refuses connections', 'smtp://127.0.0.1:1'],
  ['has no address', 'smtp://mail.invalid'],
])('a server that %s has not been given the mail', async (_, url) => {
  const { mailServer } = await start(undefined, { SMTP_URL: url });
  await expect(mailServer.send(ada)).rejects.toMatchObject({ name: 'MailServerUnavailable' });
});

test('a server whose TLS fails has not been given the mail', async () => {
  const { smtp } = await start();
  const { mailServer } = await start(undefined, { SMTP_URL: smtp.url.replace('smtp:', 'smtps:') });
  await expect(mailServer.send(ada)).rejects.toMatchObject({ name: 'MailServerUnavailable' });

  const refusing = await start((moment) => (moment === 'EHLO' ? '250-test\r\n250 STARTTLS' : undefined));
  await expect(refusing.mailServer.send(ada)).rejects.toMatchObject({ name: 'MailServerUnavailable' });
  expect(refusing.smtp.taken).toEqual([]);
});

test('an address that can not be written to is refused before anybody is asked', async () => {
  const { smtp, mailServer } = await start();
  await expect(mailServer.send(mailTo(''))).rejects.toMatchObject({ name: 'MailRefused' });
  expect(smtp.taken).toEqual([]);
});

test('a server may take longer over its answer than over everything before', async () => {
  const answer = Promise.withResolvers<string>();
  const { smtp, mailServer } = await start((moment) => (moment === 'content' ? answer.promise : undefined), {
    MAIL_TIMEOUT: '1s',
  });
  const sent = mailServer.send(ada);
  await waitUntil('it has the mail', () => smtp.taken.length === 1);
  // Longer than it may take until it wants the content: a second mail runs into that limit meanwhile.
  smtp.script = (moment) =>
    moment === 'RCPT' ? 'silence' : moment === 'content' ? answer.promise : undefined;
  await expect(mailServer.send(ada)).rejects.toMatchObject({ name: 'MailServerUnavailable' });
  answer.resolve('250 queued');
  await sent;
});

test('a recipient whose mails break the connection, and one whose answer takes long, leave others alone', async () => {
  const answer = Promise.withResolvers<string>();
  const { smtp, mailServer } = await start((moment, to) => {
    if (moment === 'RCPT' && to.startsWith('blocked')) return 'drop';
    return moment === 'content' && to.startsWith('slow') ? answer.promise : undefined;
  });
  const slow = mailServer.send(mailTo('slow@example.com'));
  const blocked = ['blocked1', 'blocked2', 'blocked3'].map((name) =>
    mailServer.send(mailTo(`${name}@example.com`)),
  );
  const results = Promise.allSettled(blocked);
  await mailServer.send(ada);
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  answer.resolve('250 queued');
  await slow;
  expect(smtp.recipients.toSorted()).toEqual(['ada@example.com', 'slow@example.com']);
});

test('mails share a connection', async () => {
  const { smtp, mailServer } = await start();
  for (let mail = 0; mail < 20; mail++) await mailServer.send(ada);
  expect(smtp.taken).toHaveLength(20);
  expect(smtp.opened).toBe(1);
});

test('a refused mail does not cost the connection', async () => {
  const { smtp, mailServer } = await start((moment, to) =>
    moment === 'RCPT' && to.startsWith('unknown') ? '550 no such user' : undefined,
  );
  for (let mail = 0; mail < 10; mail++) {
    await mailServer.send(ada);
    await expect(mailServer.send(mailTo('unknown@example.com'))).rejects.toThrow('no such user');
  }
  // One that is being reset is not waited for.
  expect(smtp.opened).toBeLessThanOrEqual(2);
});

test.each(['closed', 'reset', 'ended with 421'])(
  'a kept connection that the server has %s does not fail the next mail',
  async (how) => {
    const { smtp, mailServer } = await start();
    await mailServer.send(ada);
    const [kept] = smtp.connections;
    if (how === 'closed') kept!.end();
    else if (how === 'reset') kept!.resetAndDestroy();
    else kept!.end('421 idle for too long\r\n');
    // At once, so that it may be noticed only when the mail is sent.
    await mailServer.send(ada);
    expect(smtp.recipients).toEqual(['ada@example.com', 'ada@example.com']);
  },
);

test('a kept connection that the server closes when it is used again does not fail the mail', async () => {
  const { smtp, mailServer } = await start();
  await mailServer.send(ada);
  smtp.script = (moment) => (moment === 'MAIL' && smtp.opened === 1 ? 'drop' : undefined);
  await mailServer.send(ada);
  expect(smtp.taken).toHaveLength(2);
});

test('the connections are closed in the end, and what waits for an answer is uncertain', async () => {
  const { smtp, mailServer } = await start();
  await mailServer.send(ada);
  smtp.script = (moment) => (moment === 'content' ? 'silence' : undefined);
  const sent = mailServer.send(ada);
  const failed = expect(sent).rejects.toMatchObject({ name: 'DeliveryUncertain' });
  await waitUntil('it has the mail', () => smtp.taken.length === 2);
  const [connection] = smtp.connections;
  const closed = once(connection!, 'close');
  await mailServer[Symbol.asyncDispose]();
  await failed;
  await closed;
});

test('an attempt that is ended is given up: undelivered before the content, uncertain after it', async () => {
  for (const [when, name] of [
    ['RCPT', 'MailServerUnavailable'],
    ['content', 'DeliveryUncertain'],
  ]) {
    const reached = Promise.withResolvers<void>();
    const { mailServer } = await start((moment) => {
      if (moment !== when) return undefined;
      reached.resolve();
      return 'silence';
    });
    const stop = new AbortController();
    const failed = expect(mailServer.send(ada, stop.signal)).rejects.toMatchObject({ name });
    await reached.promise;
    stop.abort();
    await failed;
  }
});
