import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@everyhop/testing';
import { cached } from './cache.ts';

let cache: string;
beforeEach(async () => (cache = await mkdtemp(join(tmpdir(), 'everyhop-cache-'))));
afterEach(() => rm(cache, { recursive: true }));

const hold = (text: string) => (folder: string) => writeFile(join(folder, 'file'), text);

test('what is in the cache is not made again', async () => {
  const first = await cached({ cache }, 'thing-1.0', hold('first'));
  const second = await cached({ cache }, 'thing-1.0', hold('second'));
  expect(second).toBe(first);
  expect(await readFile(join(second, 'file'), 'utf8')).toBe('first');
});

test('nothing is left of what could not be made', async () => {
  const attempt = cached({ cache }, 'thing-1.0', async (folder) => {
    await hold('half')(folder);
    throw new Error('no network');
  });
  await expect(attempt).rejects.toThrow('no network');
  expect(await readdir(cache)).toEqual([]);
});

test('of several that want the same at once one makes it, and the others say that they wait', async () => {
  const making = Promise.withResolvers<void>();
  const said: string[] = [];
  const makers: number[] = [];
  const all = Array.from({ length: 4 }, (_, index) =>
    cached({ cache, say: (doing) => said.push(doing) }, 'thing-1.0', async (folder) => {
      makers.push(index);
      await making.promise;
      await hold('whole')(folder);
    }),
  );
  await waitUntil('the others wait', () => said.length === 3);
  making.resolve();
  for (const folder of await Promise.all(all))
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('whole');
  expect(new Set(said)).toEqual(new Set(['waiting for another ./dev that gets thing-1.0']));
  expect([makers.length, await readdir(cache)]).toEqual([1, ['thing-1.0']]);
});

test('when one could not make it, the next one tries', async () => {
  const failing = cached({ cache }, 'thing-1.0', () => Promise.reject(new Error('no network')));
  const next = cached({ cache }, 'thing-1.0', hold('whole'));
  await expect(failing).rejects.toThrow('no network');
  expect(await readFile(join(await next, 'file'), 'utf8')).toBe('whole');
});

test.each(['/proc/nope', '/dev/null', '/proc/nope/further/down'])(
  'a cache in %s is refused with a sentence',
  async (place) => {
    await expect(cached({ cache: place }, 'thing-1.0', hold('never'))).rejects.toThrow(
      /^EVERYHOP_CACHE can't be used \(.*\): name a folder that can be written to\.$/,
    );
  },
);
