import { randomInt } from 'node:crypto';

/** The partition, of `count`, of records with `key`: the one that Java clients choose. Without a key: any. */
export function partitionOf(key: string | null, count: number): number {
  if (key === null) return randomInt(count);
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % count;
}

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** 32-bit MurmurHash2 as in Kafka: org.apache.kafka.common.utils.Utils.murmur2. kafkajs's computes with 64 bits. */
function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k = Math.imul(bytes.readInt32LE(at), M);
    k = Math.imul(k ^ (k >>> 24), M);
    hash = Math.imul(hash, M) ^ k;
  }
  for (let rest = length - at; rest > 0; rest--) {
    hash ^= bytes[at + rest - 1]! << (8 * (rest - 1));
    if (rest === 1) hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
