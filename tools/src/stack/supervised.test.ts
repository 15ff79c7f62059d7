import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Component } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';
import { isRunning, treeOf } from './process-table.ts';
import { holdFile } from './state-folder.ts';
import { type Change, Supervised } from './supervised.ts';

let state: string;
const running: Supervised[] = [];
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'everyhop-supervised-'));
  await mkdir(join(state, 'hold'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((supervised) => supervised.stop()));
  await rm(state, { recursive: true });
});

/** Supervises a shell script; `changes` are all that was reported of it. */
function supervise(script: string, options: Partial<Component> = {}, needs: Promise<void>[] = []) {
  const changes: Change[] = [];
  const component: Component = {
    name: 'script',
    needs: [],
    ports: [],
    prepare: async () => ({ command: ['sh', '-c', script] }),
    ...options,
  };
  const settings = { state, portBase: 4000, cache: state };
  const supervised = new Supervised(component, settings, needs, (change) => changes.push(change));
  running.push(supervised);
  return {
    supervised,
    changes,
    states: () => changes.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]),
  };
}

const healthy = { health: async () => undefined };

test('a component starts when those that it needs are ready', async () => {
  const need = Promise.withResolvers<void>();
  const { supervised, states } = supervise('sleep 1000', healthy, [need.promise]);
  await waitUntil('it waits', () => states().includes('waiting'));
  expect(states()).toEqual(['preparing', 'waiting']);
  need.resolve();
  await supervised.ready;
  expect(states()).toEqual(['preparing', 'waiting', 'starting', 'ready']);
});

test('a crashed process is started again', async () => {
  const { supervised, changes } = supervise('sleep 1000', healthy);
  await supervised.ready;
  const first = changes.at(-1)!.process!;
  process.kill(first.pid, 'SIGKILL');
  await waitUntil(
    'it is ready again',
    () => changes.at(-1)!.state === 'ready' && changes.at(-1)!.restarts === 1,
  );
  expect(changes.map(({ detail }) => detail)).toContain('was ended by SIGKILL');
  expect(changes.at(-1)!.process).not.toEqual(first);
});

test('a process that was stopped on request stays away until it may run again', async () => {
  const { supervised, changes } = supervise('sleep 1000', healthy);
  await supervised.ready;
  await writeFile(holdFile(state, 'script'), '');
  process.kill(changes.at(-1)!.process!.pid);
  await waitUntil('it is stopped', () => changes.at(-1)!.state === 'stopped');
  await rm(holdFile(state, 'script'));
  await waitUntil('it is ready again', () => changes.at(-1)!.state === 'ready');
  expect(changes.at(-1)!.restarts).toBe(0);
});

test('a process that ends before it is ready fails the start with the end of its log', async () => {
  const health = () => Promise.reject(new Error('not yet'));
  const { supervised, states } = supervise('echo no such database; exit 3', { health });
  await expect(supervised.ready).rejects.toThrow(
    `script ended with code 3 before it was ready. The end of ${state}/logs/script.log:\n  no such database`,
  );
  expect(states().at(-1)).toBe('failed');
});

test('a command that is run once is done when it has ended well, and failed when not', async () => {
  const good = supervise('true');
  await good.supervised.ready;
  expect(good.states().at(-1)).toBe('done');
  const bad = supervise('echo broken >&2; false');
  await expect(bad.supervised.ready).rejects.toThrow(
    /^script: sh ended with code 1\. The end of .*:\n {2}broken$/,
  );
});

test('a command that is run once and waits for something tells what it says', async () => {
  const script = 'echo no answer yet, trying again; read line <go';
  const prepare = async () => ({ command: ['sh', '-c', `cd ${state}; mkfifo go; ${script}`] });
  const { supervised, changes } = supervise('', { prepare });
  await waitUntil('it is told', () => changes.at(-1)?.detail === 'no answer yet, trying again');
  await writeFile(join(state, 'go'), 'on\n');
  await supervised.ready;
  expect(changes.at(-1)).toMatchObject({ state: 'done', detail: undefined });
});

test('a program that is not there is named', async () => {
  const { supervised } = supervise('', { prepare: async () => ({ command: ['no-such-program'] }) });
  await expect(supervised.ready).rejects.toThrow('could not be started (spawn no-such-program ENOENT)');
});

test('stopping ends what still prepares', async () => {
  const prepare: Component['prepare'] = async ({ say, run }) => {
    say('fetching');
    await run(['sleep', '1000']);
    throw new Error('it went on');
  };
  const { supervised, states } = supervise('', { prepare });
  await supervised.stop();
  await expect(supervised.ready).rejects.toThrow('aborted');
  expect(states()).toEqual(['preparing', 'stopped']);
});

test('stopping a component that waits for others does not wait for them', async () => {
  const { supervised, states } = supervise('sleep 1000', healthy, [new Promise(() => undefined)]);
  await waitUntil('it waits', () => states().includes('waiting'));
  await supervised.stop();
  expect(states().at(-1)).toBe('stopped');
});

test.each([
  ['follows a process that was ready and has ended', 'echo up; exec sleep 1000', ['afterStop']],
  ['does not follow one that had to be killed', `trap '' TERM; echo up; while :; do sleep 1; done`, []],
])('what is to be done after the stop %s', async (_, script, expected) => {
  const called: string[] = [];
  const afterStop = async () => void called.push('afterStop');
  const prepare = async () => ({ command: ['sh', '-c', script], afterStop, graceMs: 200 });
  const health = async () => expect(await readFile(join(state, 'logs/script.log'), 'utf8')).toBe('up\n');
  const { supervised } = supervise(script, { health, prepare });
  await supervised.ready;
  await supervised.stop();
  expect(called).toEqual(expected);
});

test('what a crashed process had started goes with it', async () => {
  const { supervised, changes } = supervise('sleep 1000; true', healthy);
  await supervised.ready;
  const [shell, child] = await waitUntil('it has a child', () => {
    const tree = treeOf(changes.at(-1)!.process!);
    return tree.length === 2 && tree;
  });
  process.kill(shell!.pid, 'SIGKILL');
  await waitUntil('its child is gone', () => !isRunning(child!));
});

test('a stopped process is not started again', async () => {
  const { supervised, changes } = supervise('sleep 1000', healthy);
  await supervised.ready;
  const { process: last } = changes.at(-1)!;
  await supervised.stop();
  expect(isRunning(last!)).toBe(false);
  expect(changes.at(-1)!.state).toBe('stopped');
});
