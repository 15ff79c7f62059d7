import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from './cache.ts';

let cache: string;
beforeEach(async () => (cache = await mkdtemp(join(tmpdir(), 'everyhop-cache-'))));
afterEach(() => rm(cache, { recursive: true }));

const hold = (text: string) => (folder: string) => writeFile(join(folder, 'file'), text);

test('what is in the cache is not made again', async () => {
  const first = await cached(cache, 'thing-1.0', hold('first'));
  const second = await cached(cache, 'thing-1.0', hold('second'));
  expect(second).toBe(first);
  expect(await readFile(join(second, 'file'), 'utf8')).toBe('first');
});

test('nothing is left of what could not be made', async () => {
  const attempt = cached(cache, 'thing-1.0', async (folder) => {
    await hold('half')(folder);
    throw new Error('no network');
  });
  await expect(attempt).rejects.toThrow('no network');
  expect(await readdir(cache)).toEqual([]);
});

test('two that make the same at once both get one that is whole', async () => {
  const bothMake = Promise.withResolvers<void>();
  let making = 0;
  const make = async (folder: string) => {
    if (++making === 2) bothMake.resolve();
    await bothMake.promise;
    await hold('whole')(folder);
  };
  const folders = await Promise.all([cached(cache, 'thing-1.0', make), cached(cache, 'thing-1.0', make)]);
  for (const folder of folders) expect(await readFile(join(folder, 'file'), 'utf8')).toBe('whole');
  expect(await readdir(cache)).toEqual(['thing-1.0']);
});
