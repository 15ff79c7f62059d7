import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import * as snappy from 'snappy';
import { lz4Size } from './lz4-size.ts';
import { readLimits } from './read-limits.ts';

/** How the records of a batch may be compressed. */
export type Compression = keyof typeof codecs;

// Each inflates to `most` bytes, and throws before it allocates more. The ids are those of
// https://kafka.apache.org/documentation/#recordbatch
const codecs = {
  gzip: { id: 1, compress: promisify(gzip), inflate: withZlib(promisify(gunzip)) },
  snappy: { id: 2, compress: (bytes: Buffer) => snappy.compress(bytes), inflate: unsnap },
  lz4: { id: 3, compress: (bytes: Buffer) => compressFrame(bytes), inflate: unframe },
  zstd: { id: 4, compress: promisify(zstdCompress), inflate: withZlib(promisify(zstdDecompress)) },
};

/** The number by which Kafka knows `compression`; 0 for none. */
export const compressionId = (compression?: Compression): number =>
  compression ? codecs[compression].id : 0;

/** The compressed `bytes`. */
export const compress = (bytes: Buffer, compression: Compression): Promise<Buffer> =>
  codecs[compression].compress(bytes);

/**
 * What was compressed as Kafka knows by the number `id`; throws when it would be more than `most` bytes. Default: the
 * limit of what is read.
 */
export async function inflate(
  bytes: Buffer,
  id: number,
  most = readLimits.maxInflatedBytes,
): Promise<Buffer> {
  const codec = Object.values(codecs).find((one) => one.id === id);
  if (!codec) throw new Error(`compressed in a way that is not known, ${id}`);
  return codec.inflate(bytes, most);
}

/**
 * Has kafkajs read whatever other producers, or a topic's `compression.type`, have compressed in the formats before the
 * record batch. By itself it knows gzip, and a consumer that meets anything else never gets past it.
 */
export function readAllCompressions(): void {
  const known: Record<number, () => object> = kafkajs.CompressionCodecs;
  for (const { id, compress } of Object.values(codecs))
    known[id] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => compress(buffer),
      decompress: (bytes: Buffer) => inflate(bytes, id),
    });
}

const tooLarge = (most: number) => new Error(`it inflates to more than maxInflatedBytes, ${most}`);

function withZlib(unzip: (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>) {
  return (bytes: Buffer, most: number): Promise<Buffer> =>
    unzip(bytes, { maxOutputLength: most }).catch((error: Error & { code?: string }) => {
      throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(most) : error;
    });
}

async function unframe(bytes: Buffer, most: number): Promise<Buffer> {
  const { size, end } = lz4Size(bytes);
  if (size > most) throw tooLarge(most);
  return decompressFrame(bytes.subarray(0, end));
}

// Java puts blocks of Snappy, each behind its length, behind a header of 16 bytes: https://github.com/xerial/snappy-java
const xerial = Buffer.from('\x82SNAPPY\0', 'latin1');
const BLOCKS_FROM = 16;

async function unsnap(bytes: Buffer, most: number): Promise<Buffer> {
  const blocks = bytes.subarray(0, xerial.length).equals(xerial) ? [...blocksOf(bytes)] : [bytes];
  if (blocks.reduce((sum, block) => sum + snappySize(block), 0) > most) throw tooLarge(most);
  const inflated = await Promise.all(blocks.map((block) => snappy.uncompress(block)));
  return Buffer.concat(inflated as Buffer[]);
}

function* blocksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = BLOCKS_FROM; at < bytes.length;) {
    const from = at + 4;
    const length = bytes.readInt32BE(at);
    at = from + length;
    if (length < 0 || at > bytes.length) throw new Error('a block of Snappy breaks off');
    yield bytes.subarray(from, at);
  }
}

/** What a block says it inflates to, at its start; the library allocates it, and then fails unless that is so. */
function snappySize(block: Buffer): number {
  let [size, factor] = [0, 1];
  for (const byte of block.subarray(0, 5)) {
    size += (byte & 0x7f) * factor;
    if (byte < 0x80) return size;
    factor *= 0x80;
  }
  throw new Error('a block of Snappy without a size');
}
