/** What would go wrong: a part that could not be had when all was started can be had only by stopping everything. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Component } from '@everyhop/local';
import { readRecord } from './record.ts';
import { type Stack, startStack } from './start-stack.ts';
import { startMore } from './start-more.ts';

let state: string;
let stack: Stack | undefined;
let components: Component[];
beforeEach(async () => (state = await mkdtemp(join(tmpdir(), 'everyhop-more-'))));
afterEach(async () => {
  await stack?.stop();
  await rm(state, { recursive: true });
});

const start = async () =>
  (stack = await startStack({ state, portBase: 'free', components: () => components }));

function component(name: string, options: Partial<Component> = {}): Component {
  const launch = { command: ['sleep', '1000'] };
  const lasting = { prepare: async () => launch, health: async () => undefined };
  return { name, needs: [], ports: [], ...lasting, ...options };
}

const stateOf = (name: string) => readRecord(state)!.components[name]?.state;

test('a stack that runs starts what is added, what that needs, and nothing else again', async () => {
  components = [component('first')];
  await start();
  const before = readRecord(state)!.components.first;
  const set = component('set-up', { health: undefined, prepare: async () => ({ command: ['true'] }) });
  components = [
    component('first'),
    set,
    component('second', { needs: ['first', 'set-up'] }),
    component('other'),
  ];
  await startMore(state, { names: ['second'] });
  expect([stateOf('second'), stateOf('set-up'), stateOf('other')]).toEqual(['ready', 'done', undefined]);
  expect(readRecord(state)!.components.first).toEqual(before);
});

test('a component that could not be prepared is started again on request', async () => {
  let attempts = 0;
  const prepare = async () => {
    if (++attempts < 3) throw new Error(`no network, attempt ${attempts}`);
    return { command: ['sleep', '1000'] };
  };
  components = [component('first'), component('flaky', { optional: true, prepare })];
  await start();
  expect(stateOf('flaky')).toBe('failed');
  await expect(startMore(state, { names: ['flaky'] })).rejects.toThrow('no network, attempt 2');
  expect(stateOf('flaky')).toBe('failed');
  await startMore(state, { names: ['flaky'] });
  expect(stateOf('flaky')).toBe('ready');
});

test('what needs something that failed is said to have failed, and starts with it the next time', async () => {
  components = [component('first')];
  await start();
  let isThere = false;
  const prepare = async () => ({ command: [isThere ? 'true' : 'false'] });
  components.push(
    component('set-up', { health: undefined, prepare }),
    component('last', { needs: ['set-up'] }),
  );
  await expect(startMore(state, { names: ['last'] })).rejects.toThrow(
    'last needs set-up: not all of that is ready',
  );
  isThere = true;
  await startMore(state, { names: ['last'] });
  expect(stateOf('last')).toBe('ready');
});

test('what was added is stopped with the rest', async () => {
  components = [component('first')];
  await start();
  components.push(component('second'));
  await startMore(state, { names: ['second'] });
  await stack!.stop();
  expect(readRecord(state)).toBeUndefined();
  await expect(startMore(state, { names: ['second'] })).rejects.toThrow('Everyhop was stopped meanwhile.');
});
