import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const main = resolve(import.meta.dirname, '../main.ts');

/** Runs `./dev events …` in a process of its own. */
function events(...args: string[]) {
  const options = ['--conditions=everyhop-source', main, 'events', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test('the checked-in code and catalogue are what the schemas say', () => {
  expect(events('check')).toEqual({ status: 0, output: '' });
});

test('without an action it explains itself', () => {
  expect(events()).toEqual({
    status: 0,
    output: expect.stringMatching(/generate .*check .*register .*serve /s),
  });
});

test.each([['publish'], ['check', 'everything']])(
  'what it does not know (%s) fails with the usage',
  (...args) => {
    expect(events(...args)).toEqual({ status: 2, output: expect.stringContaining('Usage: ./dev events') });
  },
);
