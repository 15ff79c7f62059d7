/** What would go wrong: a backup replaces the one before, or lies in the repository until somebody commits it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '@everyhop/local';
import { newFile } from './new-file.ts';

const at = '2030-01-01T00:00:00.000Z';
let folder: string;
const { INIT_CWD } = process.env;
beforeEach(() => void (process.env.INIT_CWD = folder = mkdtempSync(join(tmpdir(), 'everyhop-backups-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (INIT_CWD === undefined) delete process.env.INIT_CWD;
  else process.env.INIT_CWD = INIT_CWD;
});

test('a backup that is not named is named after the time, and lies where the user is', () => {
  expect(newFile(at)).toBe(join(folder, 'everyhop-2030-01-01T00-00-00-000Z.tar.gz'));
});

test.each(['.', 'services/shop'])('in the repository, %s, it has to be named', (inside) => {
  process.env.INIT_CWD = join(root, inside);
  expect(() => newFile(at)).toThrow(/does not belong into the repository: say where it should go/);
  expect(newFile(at, 'mine.tar.gz')).toBe(join(root, inside, 'mine.tar.gz'));
});

test('no file that is there is replaced, unless that was asked for', async () => {
  const file = join(folder, 'backup.tar.gz');
  writeFileSync(file, 'the one before');
  expect(newFile(at, 'backup.tar.gz', true)).toBe(file);
  const sentence = `There is ${file} already: name another file, or replace it with --force.`;
  expect(() => newFile(at, 'backup.tar.gz')).toThrow(sentence);

  const env = { ...process.env, EVERYHOP_STATE: folder, NODE_OPTIONS: '' };
  const asked = promisify(execFile)(join(root, 'dev'), ['backup', 'backup.tar.gz'], { cwd: folder, env });
  await expect(asked).rejects.toMatchObject({ code: 1, stderr: `${sentence}\n` });
  expect(readFileSync(file, 'utf8')).toBe('the one before');
});
