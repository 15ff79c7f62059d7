import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createTransport } from 'nodemailer';

let main: ChildProcess | undefined;
afterEach(() => void main?.kill('SIGKILL'));

test('the process says where it listens, and ends cleanly on SIGTERM even while a client is connected', async () => {
  main = spawn(process.execPath, [`${import.meta.dirname}/main.ts`], {
    env: { ...process.env, NODE_OPTIONS: '', SMTP_PORT: '0', HTTP_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(main.stdout!, 'data');
  const [smtpUrl, url] = /(smtp:\S+).* (http:\S+)/.exec(String(line))!.slice(1);
  const transport = createTransport(smtpUrl!, { pool: true } as object);
  await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', text: 'hello' });
  expect(await (await fetch(`${url}/api/v1/messages`)).json()).toMatchObject({ total: 1 });

  main.kill('SIGTERM');
  expect(await once(main, 'exit')).toEqual([0, null]);
  transport.close();
});
