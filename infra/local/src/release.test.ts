/** What would go wrong: a download that was cut off or tampered with is unpacked and run. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackRelease } from './release.ts';

const run = promisify(execFile);
let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'everyhop-release-'))));
afterEach(() => rm(folder, { recursive: true }));

/** A site with an archive of two files, and `sums` for it. */
async function site(sums: (sum: string) => string) {
  const source = join(folder, 'thing-1.0');
  await mkdir(source);
  for (const name of ['thing', 'other']) await writeFile(join(source, name), `this is ${name}`);
  await run('tar', ['-czf', `${source}.tar.gz`, '-C', folder, 'thing-1.0']);
  const archive = await readFile(`${source}.tar.gz`);
  const sum = createHash('sha256').update(archive).digest('hex');
  const server = createServer(({ url }, response) =>
    response.end(url === '/sums.txt' ? sums(sum) : archive),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    release: { name: 'Thing', archive: `${url}/thing-1.0.tar.gz`, sums: `${url}/sums.txt` },
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

const workshop = {
  say: () => undefined,
  signal: new AbortController().signal,
  run: async ([command, ...args]: string[]) => void (await run(command!, args)),
};

test.each([' ', '*'])(
  'what has its checksum (with "%s") is unpacked, and nothing else is left',
  async (mark) => {
    await using source = await site(
      (sum) => `${'0'.repeat(64)}  other.tar.gz\n${sum} ${mark}thing-1.0.tar.gz\n`,
    );
    const target = join(folder, 'target');
    await mkdir(target);
    await unpackRelease(workshop, source.release, ['thing'], target);
    expect(await readdir(target)).toEqual(['thing']);
    expect(await readFile(join(target, 'thing'), 'utf8')).toBe('this is thing');
  },
);

test.each([
  ['another checksum', () => `${'0'.repeat(64)}  thing-1.0.tar.gz\n`],
  ['the checksum of something else', (sum: string) => `${sum}  another-thing-1.0.tar.gz\n`],
])('what has %s is not unpacked', async (_, sums) => {
  await using source = await site(sums);
  const target = join(folder, 'target');
  await mkdir(target);
  await expect(unpackRelease(workshop, source.release, ['thing'], target)).rejects.toThrow('checksum');
  expect(await readdir(target)).toEqual([]);
});
