import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const command = resolve(import.meta.dirname, 'command.ts');

/** Runs `./dev events …` in a process of its own. */
function events(...args: string[]) {
  const script = `import { events } from '${command}'; process.exitCode = await events(process.argv.slice(1));`;
  const options = ['--conditions=everyhop-source', '--input-type=module', '--eval', script, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test('the checked-in code and catalogue are what the schemas say', () => {
  expect(events('check')).toEqual({ status: 0, output: '' });
});

test('without an action it explains itself', () => {
  expect(events()).toEqual({ status: 0, output: expect.stringContaining('./dev events generate') });
});

test.each([['publish'], ['check', 'everything']])(
  'what it does not know (%s) fails with the usage',
  (...args) => {
    expect(events(...args)).toEqual({ status: 2, output: expect.stringContaining('./dev events generate') });
  },
);
