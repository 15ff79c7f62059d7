import { afterAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@everyhop/local';
import { readJestResult } from './jest-result.ts';
import { runCommand } from './run-command.ts';

const folder = await mkdtemp(join(tmpdir(), 'everyhop-jest-'));
afterAll(() => rm(folder, { recursive: true }));

/** What jest itself says of these test files. */
async function resultOf(files: Record<string, string>) {
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source);
  const output = join(folder, 'result.json');
  const config = JSON.stringify({ rootDir: folder, transform: {} });
  const command = ['jest', '--config', config, '--json', `--outputFile=${output}`, ...Object.keys(files)];
  await runCommand(command, { log: join(folder, 'jest.log') });
  return readJestResult(output);
}

test('each test counts, and those that failed are named with their file', async () => {
  const mixed = `test('is good', () => {}); test('is bad', () => { throw new Error() }); test.skip('is left out', () => {})`;
  const result = await resultOf({ 'mixed.test.js': mixed });
  expect(result).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
  expect(result.failures).toEqual([expect.stringMatching(/mixed\.test\.js: is bad$/)]);
});

test('a file that fails as a whole counts as a failure', async () => {
  const result = await resultOf({
    'broken.test.js': 'this is no JavaScript',
    'after.test.js': `afterAll(() => { throw new Error() }); test('is good', () => {})`,
  });
  expect(result).toMatchObject({ passed: 1, failed: 2 });
  expect(result.failures.toSorted()).toEqual([
    expect.stringMatching(/after\.test\.js: failed outside of its tests$/),
    expect.stringMatching(/broken\.test\.js: failed outside of its tests$/),
  ]);
});

test('a run that left no result is an error and not an empty success', async () => {
  await expect(readJestResult(join(root, 'no-such-result.json'))).rejects.toThrow('ENOENT');
});
