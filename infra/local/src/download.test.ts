import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from './download.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'everyhop-download-'))));
afterEach(() => rm(folder, { recursive: true }));

async function site(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/thing.tar.gz`;
  return { url, [Symbol.asyncDispose]: async () => void server.close() };
}

test('a download tells how far it is and returns the hash of what came', async () => {
  const content = Buffer.alloc(1_000_000, 'x');
  await using source = await site((_, response) =>
    response.setHeader('content-length', content.length).end(content),
  );
  const said: string[] = [];
  const workshop = { say: (doing: string) => void said.push(doing), signal: new AbortController().signal };
  const sum = await download(workshop, 'Thing', source.url, join(folder, 'thing'), 'sha256');
  expect(sum).toBe(createHash('sha256').update(content).digest('hex'));
  expect(await readFile(join(folder, 'thing'))).toEqual(content);
  expect(said.at(-1)).toBe('fetching Thing, 100 %');
});

test('what the site does not have is named with its address', async () => {
  await using source = await site((_, response) => response.writeHead(404).end());
  const workshop = { say: () => undefined, signal: new AbortController().signal };
  const attempt = download(workshop, 'Thing', source.url, join(folder, 'thing'), 'sha256');
  await expect(attempt).rejects.toThrow(`${source.url} answers 404`);
});

test('a download ends when the system is stopped', async () => {
  await using source = await site((_, response) => response.writeHead(200).write('the first of many'));
  const stopping = new AbortController();
  const workshop = { say: () => stopping.abort(), signal: stopping.signal };
  const attempt = download(workshop, 'Thing', source.url, join(folder, 'thing'), 'sha256');
  await expect(attempt).rejects.toThrow('abort');
});
