/**
 * How many buckets the keys are spread over, and so how many instances of a service can share the relaying. A
 * contract: instances that disagree would send the events of one key side by side.
 */
export const BUCKETS = 8;

/** The bucket of a key, from 0: 32-bit FNV-1a of its UTF-8 bytes (http://www.isthe.com/chongo/tech/comp/fnv). */
export function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % BUCKETS;
}
