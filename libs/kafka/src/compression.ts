import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import * as snappy from 'snappy';

/** How the records of a batch may be compressed. */
export type Compression = keyof typeof codecs;

// The ids are those of https://kafka.apache.org/documentation/#recordbatch
const codecs = {
  gzip: { id: 1, compress: promisify(gzip), decompress: promisify(gunzip) },
  snappy: { id: 2, compress: (bytes: Buffer) => snappy.compress(bytes), decompress: unsnap },
  lz4: { id: 3, compress: (bytes: Buffer) => compressFrame(bytes), decompress: decompressFrame },
  zstd: { id: 4, compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) },
};

/** The number by which Kafka knows `compression`; 0 for none. */
export const compressionId = (compression?: Compression): number =>
  compression ? codecs[compression].id : 0;

/** The compressed `bytes`. */
export const compress = (bytes: Buffer, compression: Compression): Promise<Buffer> =>
  codecs[compression].compress(bytes);

/**
 * Has kafkajs read whatever other producers, or a topic's `compression.type`, have compressed. By itself it knows gzip,
 * and a consumer that meets anything else never gets past it.
 */
export function readAllCompressions(): void {
  const known: Record<number, () => object> = kafkajs.CompressionCodecs;
  for (const { id, compress, decompress } of Object.values(codecs))
    known[id] = () => ({ compress: ({ buffer }: { buffer: Buffer }) => compress(buffer), decompress });
}

// Java puts blocks of Snappy, each behind its length, behind a header of 16 bytes: https://github.com/xerial/snappy-java
const xerial = Buffer.from('\x82SNAPPY\0', 'latin1');
const BLOCKS_FROM = 16;

async function unsnap(bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, xerial.length).equals(xerial)) return uncompress(bytes);
  const blocks: Promise<Buffer>[] = [];
  for (let at = BLOCKS_FROM; at < bytes.length;) {
    const from = at + 4;
    at = from + bytes.readInt32BE(at);
    blocks.push(uncompress(bytes.subarray(from, at)));
  }
  return Buffer.concat(await Promise.all(blocks));
}

const uncompress = async (bytes: Buffer) => (await snappy.uncompress(bytes)) as Buffer;
