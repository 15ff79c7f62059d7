import { afterEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { startMailSink, type MailSink, type MailSinkOptions } from './mail-sink.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options?: MailSinkOptions): Promise<MailSink> {
  const sink = await startMailSink(options);
  cleanups.push(() => sink.stop());
  return sink;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mail-sink-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

async function send(sink: MailSink, mail: SendMailOptions): Promise<void> {
  const transport = createTransport(sink.smtpUrl);
  await transport.sendMail({ from: 'Shop <shop@everyhop.example>', to: 'Ada <ada@example.com>', ...mail });
}

async function get(sink: MailSink, path: string): Promise<any> {
  const response = await fetch(sink.url + path);
  return response.headers.get('content-type')?.includes('json') ? response.json() : response.text();
}

test('a mail sent over SMTP can be read through the API with the field names of Mailpit', async () => {
  const sink = await start();
  await send(sink, {
    to: ['Ada Lovelace <ada@example.com>', 'bob@example.com'],
    messageId: '<1@everyhop.example>',
    subject: 'Grüße',
    text: 'Hello\nAda',
    html: '<p>Hello Ada</p>',
  });

  const list = await get(sink, '/api/v1/messages');
  expect(list).toMatchObject({
    total: 1,
    messages: [
      {
        ID: expect.any(String),
        MessageID: '1@everyhop.example',
        From: { Name: 'Shop', Address: 'shop@everyhop.example' },
        To: [
          { Name: 'Ada Lovelace', Address: 'ada@example.com' },
          { Name: '', Address: 'bob@example.com' },
        ],
        Subject: 'Grüße',
        Created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        Snippet: 'Hello Ada',
        Attachments: 0,
      },
    ],
  });
  const message = await get(sink, `/api/v1/message/${list.messages[0].ID}`);
  expect(message).toMatchObject({ Subject: 'Grüße', HTML: expect.stringContaining('<p>Hello Ada</p>') });
  expect(message.Text.trim()).toBe('Hello\nAda');
  expect(await get(sink, '/api/v1/message/latest')).toEqual(message);
});

test('mails are found by Message-ID, by recipient and by words', async () => {
  const sink = await start();
  await send(sink, { messageId: '<1@everyhop.example>', subject: 'First', text: 'red apples' });
  await send(sink, {
    messageId: '<2@everyhop.example>',
    subject: 'Second',
    text: 'green pears',
    to: 'bob@example.com',
  });

  const subjects = async (query: string) =>
    (await get(sink, `/api/v1/search?query=${encodeURIComponent(query)}`)).messages.map(
      (each: any) => each.Subject,
    );
  expect(await subjects('message-id:2@everyhop.example')).toEqual(['Second']);
  expect(await subjects('to:ada@example.com')).toEqual(['First']);
  expect(await subjects('to:"Ada <ada@example.com>" subject:first')).toEqual(['First']);
  expect(await subjects('GREEN')).toEqual(['Second']);
  expect(await subjects('to:ada@example.com green')).toEqual([]);
  expect(await subjects('')).toEqual(['Second', 'First']);
});

test('a Message-ID received twice is kept twice and said so on the pages', async () => {
  const sink = await start();
  await send(sink, { messageId: '<same@everyhop.example>', text: 'once' });
  expect(await get(sink, '/')).not.toContain('received');
  await send(sink, { messageId: '<same@everyhop.example>', text: 'again' });

  expect(await get(sink, '/api/v1/search?query=message-id:same@everyhop.example')).toMatchObject({
    messages_count: 2,
  });
  expect(await get(sink, '/')).toContain('received 2 times');
  expect(await get(sink, '/view/latest')).toContain('received 2 times');
});

test('a mail cannot run script or break out of the page that shows it', async () => {
  const sink = await start();
  await send(sink, {
    subject: '<script>alert("subject")</script>',
    html: '"></iframe><script>alert("body")</script>',
    text: '</pre><script>alert("text")</script>',
  });

  for (const path of ['/', '/view/latest']) {
    const response = await fetch(sink.url + path);
    expect(await response.text()).not.toContain('<script');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
  expect(await get(sink, '/view/latest')).toMatch(/<iframe[^>]* sandbox="(?!.*allow-scripts)/);
});

test('mails in a folder survive a restart, those in memory do not', async () => {
  const folder = await temporaryFolder();
  for (const options of [{ folder }, {}]) {
    const first = await startMailSink(options);
    await send(first, { subject: 'Kept?' });
    const before = await get(first, '/api/v1/messages');
    await first.stop();

    const second = await start(options);
    expect(await get(second, '/api/v1/messages')).toEqual(
      options.folder ? before : { ...before, total: 0, messages_count: 0, messages: [] },
    );
  }
});

test('the oldest mails go when there are too many', async () => {
  const folder = await temporaryFolder();
  const sink = await start({ folder, messages: 2 });
  for (const subject of ['1', '2', '3']) await send(sink, { subject });

  const { messages } = await get(sink, '/api/v1/messages');
  expect(messages.map((each: any) => each.Subject)).toEqual(['3', '2']);
  expect(await readdir(folder)).toHaveLength(2);
});

test('a mail that cannot be parsed is kept as text', async () => {
  const sink = await start();
  const endlessHeader = `X-Padding: ${'x'.repeat(3 * 1024 * 1024)}`;
  await send(sink, { envelope: { from: 'a@example.com', to: 'b@example.com' }, raw: endlessHeader });
  expect(await get(sink, '/api/v1/message/latest')).toMatchObject({
    MessageID: '',
    Text: expect.stringContaining('X-Padding: xxx'),
  });
});

test('a mail that is too large is refused and the next one is taken', async () => {
  const sink = await start();
  await expect(send(sink, { text: 'x'.repeat(11 * 1024 * 1024) })).rejects.toMatchObject({
    responseCode: 552,
  });
  await send(sink, { text: 'small' });
  expect(await get(sink, '/api/v1/messages')).toMatchObject({ total: 1 });
});

test('an unknown page, an unknown mail and a write are told what to do instead', async () => {
  const sink = await start();
  expect(await get(sink, '/livez')).toBe('ok');
  expect((await fetch(`${sink.url}/nothing`)).status).toBe(404);
  expect((await fetch(`${sink.url}//`)).status).toBe(400);
  expect(await get(sink, '/api/v1/message/unknown')).toBe('No mail has the ID unknown.\n');
  expect((await fetch(`${sink.url}/api/v1/messages`, { method: 'DELETE' })).status).toBe(405);
});
