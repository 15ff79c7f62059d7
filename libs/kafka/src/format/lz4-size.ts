const MAGIC = 0x184d2204;
const END_MARK = 0;
const UNCOMPRESSED = 0x8000_0000;
const shortestMatch = 4;

/**
 * How many bytes the frame of LZ4 at the start of `bytes` inflates to, and where it ends, without inflating it: a frame
 * need not say, and the library would allocate whatever comes. Throws when it is none, or breaks off.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function lz4Size(bytes: Buffer): { size: number; end: number } {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw new Error('no frame of LZ4');
  const flags = bytes[4]!;
  const [hasBlockChecksums, hasSize, hasChecksum, hasDictionary] = [0x10, 0x08, 0x04, 0x01].map(
    (bit) => flags & bit,
  );
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  let size = 0;
  for (;;) {
    const header = bytes.readUInt32LE(at);
    at += 4;
    if (header === END_MARK) break;
    const length = header % UNCOMPRESSED;
    const end = at + length;
    if (end > bytes.length) throw new Error('a block of LZ4 breaks off');
    size += header >= UNCOMPRESSED ? length : blockSize(bytes, at, end);
    at = end + (hasBlockChecksums ? 4 : 0);
  }
  if (hasSize && bytes.readBigUInt64LE(6) !== BigInt(size))
    throw new Error('a frame of LZ4 of another size than it says');
  return { size, end: at + (hasChecksum ? 4 : 0) };
}

// https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
function blockSize(bytes: Buffer, from: number, end: number): number {
  let [at, size] = [from, 0];
  while (at < end) {
    const token = bytes[at++]!;
    let literals = token >> 4;
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = next();
    at += literals;
    size += literals;
    if (at >= end) break;
    at += 2;
    let match = token & 15;
    if (match === 15) for (let more = 255; more === 255; match += more) more = next();
    size += match + shortestMatch;
  }
  if (at !== end) throw new Error('a block of LZ4 breaks off');
  return size;

  function next(): number {
    if (at >= end) throw new Error('a block of LZ4 breaks off');
    return bytes[at++]!;
  }
}
