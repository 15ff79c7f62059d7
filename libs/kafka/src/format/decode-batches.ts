import { ByteReader } from './byte-reader.ts';
import { inflate } from './compression.ts';

/** The headers of a record in their order; a name may occur more than once. */
export type HeaderList = [name: string, value: Buffer | null][];

/** A record as it lies in a partition. */
export interface StoredRecord {
  offset: string;
  /** In ms since 1970. */
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: HeaderList;
}

/** A transaction that was given up: what its producer wrote from `firstOffset` on up to the marker of its end. */
export interface AbortedTransaction {
  producerId: bigint;
  firstOffset: bigint;
}

/** What a consumer is meant to be given of some batches. */
export interface ReadBatches {
  records: StoredRecord[];
  /** The offset behind the last batch that was read, whatever was in it; `undefined` when there is none. */
  next: bigint | undefined;
}

// https://kafka.apache.org/documentation/#recordbatch
const HEADER_BYTES = 61;
const COMPRESSION = 7;
const LOG_APPEND_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;
const MAGIC = 2;

const mostInflated = 2 ** 30;
/** From here on what follows is left to be fetched again: a few bytes may be many more than one has room for. */
const enoughBytes = 64 * 2 ** 20;

/**
 * The records in `bytes`, whole batches of format 2 and perhaps a part of one more, without control records and those
 * of aborted transactions; of much, the beginning. By itself, as kafkajs loses the order of headers, and takes `constructor` for no name.
 */
export async function decodeBatches(bytes: Buffer, aborted: AbortedTransaction[]): Promise<ReadBatches> {
  const reader = new ByteReader(bytes);
  const toCome = aborted.toSorted((one, other) => Number(one.firstOffset - other.firstOffset));
  const open = new Set<bigint>();
  const records: StoredRecord[] = [];
  let next: bigint | undefined;
  for (let read = 0; reader.left >= HEADER_BYTES && read < enoughBytes;) {
    const base = reader.int64();
    const length = reader.int32();
    if (length > reader.left) break;
    const batch = headerOf(base, new ByteReader(reader.take(length)));
    next = batch.last + 1n;
    while (toCome[0] && toCome[0].firstOffset <= batch.last) open.add(toCome.shift()!.producerId);
    // The marker of its end, of which a producer has one transaction at a time.
    if (batch.attributes & CONTROL) open.delete(batch.producerId);
    else if (!(batch.attributes & TRANSACTIONAL && open.has(batch.producerId)))
      for (const record of await recordsOf(batch)) {
        records.push(record);
        read += (record.key?.length ?? 0) + (record.value?.length ?? 0);
      }
  }
  return { records, next };
}

type Batch = ReturnType<typeof headerOf>;

function headerOf(base: bigint, reader: ByteReader) {
  reader.take(4); // the leader's epoch
  const magic = reader.int8();
  if (magic !== MAGIC) throw new Error(`records at offset ${base} have format ${magic}, not ${MAGIC}`);
  reader.take(4); // the checksum
  const attributes = reader.int16();
  const last = base + BigInt(reader.int32());
  const [firstTime, lastTime, producerId] = [reader.int64(), reader.int64(), reader.int64()];
  reader.take(6); // the producer's epoch and sequence number
  const count = reader.int32();
  const body = reader.take(reader.left);
  return { base, attributes, last, firstTime, lastTime, producerId, count, body };
}

async function recordsOf({ base, attributes, firstTime, lastTime, count, body }: Batch) {
  // Of a batch that compaction has emptied nothing is left to be inflated. A copy has to have what consumers pass over.
  const codec = body.length === 0 ? 0 : attributes & COMPRESSION;
  const reader = new ByteReader(codec === 0 ? body : await inflate(body, codec, mostInflated));
  return Array.from({ length: count }, (): StoredRecord => {
    const record = new ByteReader(reader.bytes()!);
    record.int8(); // attributes: none are in use
    const time = firstTime + record.varlong();
    const offset = base + record.varlong();
    const key = record.bytes();
    const value = record.bytes();
    const headers = Array.from({ length: record.varint() }, (): HeaderList[number] => [
      record.bytes()!.toString(),
      record.bytes(),
    ]);
    const timestamp = attributes & LOG_APPEND_TIME ? lastTime : time;
    return { offset: String(offset), timestamp: String(timestamp), key, value, headers };
  });
}
