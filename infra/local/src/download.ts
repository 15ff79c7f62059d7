import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Workshop } from './component.ts';

const connectSeconds = 5;

/** Downloads `url` to `file`, telling how far it is, and returns the hash of its bytes (hexadecimal). Gives up when the site does not answer in 5 s. */
export async function download(
  workshop: Pick<Workshop, 'say' | 'signal'>,
  what: string,
  url: string,
  file: string,
  algorithm: 'sha256' | 'sha512',
): Promise<string> {
  const connecting = new AbortController();
  const timer = setTimeout(
    () => connecting.abort(new Error(`${new URL(url).host} does not answer`)),
    connectSeconds * 1000,
  );
  const response = await fetch(url, {
    signal: AbortSignal.any([connecting.signal, workshop.signal]),
  }).finally(() => clearTimeout(timer));
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
  const total = Number(response.headers.get('content-length'));
  const hash = createHash(algorithm);
  let received = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      const share = total ? `, ${Math.floor((received / total) * 100)} %` : '';
      workshop.say(`fetching ${what}${share}`);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file), {
    signal: workshop.signal,
  });
  return hash.digest('hex');
}
