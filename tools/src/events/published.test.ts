/** What would go wrong: records that were written with a version can't be read any more, as its file was edited. */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { changedSincePublished, PUBLISHED, renderPublished } from './published.ts';
import { readSchemas } from './schemas.ts';

const V1 = 'schemas/shop/order-placed/v1.avsc';
const V2 = 'schemas/shop/order-placed/v2.avsc';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'everyhop-published-'));
  cpSync(resolve(import.meta.dirname, '../../../schemas'), join(root, 'schemas'), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

const changed = () => changedSincePublished(root, readSchemas(root));
const readLines = () => readFileSync(join(root, PUBLISHED), 'utf8').split('\n');

test('what was published is as it was', () => {
  expect(changed()).toEqual([]);
});

test('a published version that was edited is named, and the version in which the edit belongs', () => {
  appendFileSync(join(root, V1), '\n');
  expect(changed()).toEqual([
    `${V1}: is published and must not change: undo that, and make the change in ${V2}. If nobody has seen it yet, delete its line from ${PUBLISHED}.`,
  ]);
});

test('an edit belongs in the version after the newest', () => {
  cpSync(join(root, V1), join(root, V2));
  appendFileSync(join(root, V1), '\n');
  expect(changed()).toEqual([
    expect.stringContaining('make the change in schemas/shop/order-placed/v3.avsc'),
  ]);
});

test('a published version that was removed is named', () => {
  rmSync(join(root, V1));
  expect(changed()).toEqual([
    expect.stringMatching(`^${V1}: is published, but not there any more: restore it`),
  ]);
});

test('an edit is not published by publishing another version', () => {
  appendFileSync(join(root, V1), '\n');
  cpSync(join(root, V1), join(root, V2));
  const before = readLines();
  const after = renderPublished(root, readSchemas(root)).split('\n');

  expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringMatching(`${V2}$`)]);
  expect(after).toEqual(expect.arrayContaining(before));
});

test('a version that nobody has seen may still change', () => {
  appendFileSync(join(root, V1), '\n');
  writeFileSync(
    join(root, PUBLISHED),
    readLines()
      .filter((line) => !line.endsWith(V1))
      .join('\n'),
  );
  expect(changed()).toEqual([]);
});
