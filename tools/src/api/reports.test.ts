import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { entriesIn, isUpToDate, orphansIn, renew } from './reports.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'everyhop-reports-'));
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(root, 'node_modules'));
  const entry = (name: string) => ({ types: `./dist/${name}.d.ts` });
  const exports = { '.': entry('index'), './internal': entry('internal'), './admin': entry('admin') };
  write('libs/one/package.json', JSON.stringify({ name: '@everyhop/one', version: '1.0.0', exports }));
  write('libs/one/dist/index.d.ts', '/** A thing. */\nexport declare const one: number;\n');
  write('libs/one/dist/admin.d.ts', 'export declare function two(n: number): void;\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

test('every entry has a report, but what is for sister libraries only', () => {
  expect(entriesIn(root).map(({ report }) => report)).toEqual([
    'libs/one/api/index.api.md',
    'libs/one/api/admin.api.md',
  ]);
});

test('a report says what is offered, and a change of that is noticed until it is written down', () => {
  const [index] = entriesIn(root);
  expect(isUpToDate(root, index!)).toBe(false);
  renew(root, index!);
  expect(readFileSync(join(root, index!.report), 'utf8')).toContain('export const one: number;');
  expect(isUpToDate(root, index!)).toBe(true);
  write('libs/one/dist/index.d.ts', '/** A thing. */\nexport declare const one: string;\n');
  expect(isUpToDate(root, index!)).toBe(false);
});

test('the events of schemas/ are no part of it', () => {
  const [index] = entriesIn(root);
  renew(root, index!);
  write(
    'libs/one/dist/index.d.ts',
    "/** A thing. */\nexport declare const one: number;\nexport * from './generated/index.ts';\n",
  );
  expect(isUpToDate(root, index!)).toBe(true);
});

test('a report of an entry that is gone is found', () => {
  write('libs/one/api/old.api.md', '');
  expect(orphansIn(root)).toEqual(['libs/one/api/old.api.md']);
});

test('what is not compiled says what to run', () => {
  rmSync(join(root, 'libs/one/dist/index.d.ts'));
  expect(() => isUpToDate(root, entriesIn(root)[0]!)).toThrow('run npx tsc -b first');
});
