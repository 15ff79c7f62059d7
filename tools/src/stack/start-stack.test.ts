/** A real part of the system that needs no engine: the mail sink. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everyhop } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';
import { anyBase, freePortBase } from './free-port-base.ts';
import { isRunning } from './process-table.ts';
import { readRecord, writeRecord } from './record.ts';
import { startInBackground } from './start-in-background.ts';
import { type Stack, startStack } from './start-stack.ts';
import { sweep } from './sweep.ts';

let state: string;
beforeEach(async () => (state = await mkdtemp(join(tmpdir(), 'everyhop-stack-'))));
afterEach(() => rm(state, { recursive: true }));

const start = (): Promise<Stack> => startStack({ only: ['mail'], portBase: 'free', state });

test('a stack answers when it has started, and leaves nothing when it has stopped', async () => {
  const stack = await start();
  const url = `http://127.0.0.1:${stack.ports.mail}/livez`;
  expect((await fetch(url)).ok).toBe(true);
  const { components } = readRecord(state)!;
  expect(components.mail).toMatchObject({ state: 'ready', restarts: 0 });
  await stack.stop();
  expect(isRunning(components.mail!.process!)).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
  expect(readRecord(state)).toBeUndefined();
});

test('a second stack in the same folder is refused while the first one runs', async () => {
  await using _first = await start();
  await expect(start()).rejects.toThrow(`Everyhop runs already, looked after by process ${process.pid}`);
});

test('two stacks run side by side, each with its own folder and ports', async () => {
  const other = await mkdtemp(join(tmpdir(), 'everyhop-stack-'));
  await using first = await start();
  const second = await startStack({ only: ['mail'], portBase: 'free', state: other });
  expect(second.settings.portBase).not.toBe(first.settings.portBase);
  await second.stop();
  await rm(other, { recursive: true });
});

test('a taken port stops the start before anything runs, with a block of ports that is free', async () => {
  const { ports, settings, stop } = await start();
  await stop();
  const server = createServer().listen(ports.smtp, '127.0.0.1');
  await once(server, 'listening');
  const attempt = startStack({ only: ['mail'], portBase: settings.portBase, state });
  await expect(attempt).rejects.toThrow(
    new RegExp(
      `^Port ${ports.smtp}, which mail needs, is taken by process ${process.pid} .*\n.*EVERYHOP_PORT_BASE=\\d+`,
    ),
  );
  expect(readRecord(state)).toBeUndefined();
  server.close();
});

test('what a killed supervisor has left behind is ended', async () => {
  const portBase = await freePortBase(anyBase(), (base) => everyhop(base, ['mail']));
  await startInBackground({ only: ['mail'], state, portBase });
  const { supervisor, components } = readRecord(state)!;
  const mail = components.mail!.process!;
  process.kill(supervisor.pid, 'SIGKILL');
  await waitUntil('the supervisor is gone', () => !isRunning(supervisor));
  expect(isRunning(mail)).toBe(true);
  await sweep(state);
  expect(isRunning(mail)).toBe(false);
});

test('a start that is given up leaves nothing', async () => {
  const interruption = new AbortController();
  const attempt = startStack({
    only: ['mail'],
    portBase: 'free',
    state,
    signal: interruption.signal,
    report: () => interruption.abort(new Error('interrupted')),
  });
  await expect(attempt).rejects.toThrow('interrupted');
  expect(readRecord(state)).toBeUndefined();
});

test('a record of processes that have ended long ago harms nobody', async () => {
  const gone = { pid: process.pid, startedAt: '1' };
  writeRecord(state, {
    supervisor: gone,
    portBase: 4000,
    components: { mail: { state: 'ready', process: gone, restarts: 0 } },
  });
  await sweep(state);
  expect(readRecord(state)).toBeUndefined();
});

test.each(['/proc/nope', '/dev/null', '/dev/null/below'])(
  'a state folder at %s is refused with a sentence',
  async (place) => {
    const refused = /^EVERYHOP_STATE can't be used \(.*\): name a folder that can be written to\.$/;
    const options = { only: ['mail'], state: place };
    await expect(startStack({ ...options, portBase: 'free' })).rejects.toThrow(refused);
    await expect(startInBackground(options)).rejects.toThrow(refused);
    expect(readRecord(place)).toBeUndefined();
  },
);

test('of two that start in the same folder at once one is told that the other runs', async () => {
  const both = await Promise.allSettled([start(), start()]);
  const [refused] = both.filter((one) => one.status === 'rejected');
  for (const one of both) if (one.status === 'fulfilled') await one.value.stop();
  expect(refused?.reason.message).toMatch(/^Everyhop runs already, looked after by process \d+/);
});
