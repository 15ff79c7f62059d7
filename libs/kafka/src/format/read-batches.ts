import { crc32c } from '@node-rs/crc32';
import type { KafkaMessage } from 'kafkajs';
import { inflate } from './compression.ts';
import { Undecodable } from '../errors.ts';
import { readLimits } from './read-limits.ts';
import { RecordReader } from './record-reader.ts';

/** A record as consumers get it. */
export type ConsumedRecord = KafkaMessage & {
  /**
   * Why it is not to be handled: it has more headers than may be read, and only some are here; or it stands for a whole
   * batch that can't be read, and is at the place of its last record.
   */
  problem?: Undecodable;
};

/** What kafkajs needs to know of a record beside itself. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly producerId: string;
}

// Where the fields lie, from https://kafka.apache.org/documentation/#recordbatch
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const CHECKED_FROM = 21;
const RECORDS_FROM = 61;
const CODEC = 0x07;
const APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Lower: the formats before the record batch. */
export const MAGIC = 2;
export const magicOf = (batches: Buffer): number => batches[MAGIC_AT]!;

/** How often a batch is fetched that came damaged, before its damage is believed to be on the broker's disk. */
const damagedFetches = 3;
const damaged = new Map<string, number>();

/**
 * The records in `batches`, consecutive record batches of a partition of which the last may be cut off. Reads on until
 * what was inflated is as much as one batch may be; kafkajs fetches the rest again. `name`: of the partition.
 */
export async function readBatches(batches: Buffer, name: string): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  let inflated = 0;
  for (let at = 0; at + RECORDS_FROM <= batches.length && inflated < readLimits.maxInflatedBytes;) {
    const end = at + LENGTH_AT + 4 + batches.readInt32BE(at + LENGTH_AT);
    if (end > batches.length) break;
    if (end < at + RECORDS_FROM) throw new Error(`a batch of ${name} is shorter than its own header`);
    const batch = batches.subarray(at, end);
    if (isDamagedOnTheWay(batch, name)) break;
    const read = await readBatch(batch);
    for (const record of read.records) records.push(record);
    inflated += read.size;
    at = end;
  }
  return records;
}

/** Whether `batch` is not as it was written and may be so when it is fetched once more. */
function isDamagedOnTheWay(batch: Buffer, name: string): boolean {
  const place = `${name}/${batch.readBigInt64BE(0)}`;
  if (isWhole(batch)) {
    damaged.delete(place);
    return false;
  }
  const fetches = (damaged.get(place) ?? 0) + 1;
  damaged.set(place, fetches);
  return fetches < damagedFetches;
}

const isWhole = (batch: Buffer) => crc32c(batch.subarray(CHECKED_FROM)) === batch.readUInt32BE(CRC_AT);

async function readBatch(batch: Buffer): Promise<{ records: ConsumedRecord[]; size: number }> {
  const attributes = batch.readInt16BE(CHECKED_FROM);
  const firstOffset = batch.readBigInt64BE(0);
  const lastOffset = firstOffset + BigInt(Math.max(batch.readInt32BE(23), 0));
  const last = String(batch.readBigInt64BE(35));
  const context: BatchContext = {
    firstOffset: String(firstOffset),
    inTransaction: (attributes & TRANSACTIONAL) > 0,
    isControlBatch: (attributes & CONTROL) > 0,
    producerId: String(batch.readBigInt64BE(43)),
  };
  const common = { attributes: 0, batchContext: context, isControlRecord: context.isControlBatch };
  const standIn = {
    ...common,
    key: null,
    value: null,
    headers: {},
    timestamp: last,
    offset: String(lastOffset),
  };
  const count = batch.readInt32BE(57);
  // All of its records were compacted away; without any, kafkajs would fetch it for ever.
  if (count === 0) return { records: [{ ...standIn, isControlRecord: true } as ConsumedRecord], size: 0 };
  try {
    if (!isWhole(batch)) throw new Error('its checksum is another: the broker has it damaged');
    if (!(count > 0 && count <= readLimits.maxBatchRecords))
      throw new Error(`it has ${count} records, and maxBatchRecords is ${readLimits.maxBatchRecords}`);
    const codec = attributes & CODEC;
    const body = batch.subarray(RECORDS_FROM);
    const bytes = codec === 0 ? body : await inflate(body, codec);
    const reader = new RecordReader(bytes, {
      firstOffset: Number(firstOffset),
      firstTimestamp: Number(batch.readBigInt64BE(27)),
      appendTime: attributes & APPEND_TIME ? last : undefined,
    });
    const records = reader.records(count).map((record) => ({ ...record, ...common }) as ConsumedRecord);
    return { records, size: codec === 0 ? 0 : bytes.length };
  } catch (cause) {
    const range = `the records from ${firstOffset} to ${lastOffset}, a batch of ${batch.length} bytes, can't be read`;
    const problem = new Undecodable(range, { cause });
    return { records: [{ ...standIn, problem } as ConsumedRecord], size: 0 };
  }
}
