import { crc32c } from '@node-rs/crc32';
import { compress, compressionId, type Compression } from './compression.ts';
import type { OutgoingRecord } from './outgoing-record.ts';

/** What is encoded: a record that is sent, or one that is written as it was. */
export interface BatchRecord {
  key: Bytes;
  value: Buffer | null;
  /** By name, or in their order. */
  headers: OutgoingRecord['headers'] | (readonly [name: string, value: Bytes])[];
  /** In ms since 1970. Default: that of its batch. */
  timestamp?: number;
}

/** Whose batch it is, for the broker's duplicate detection; times in ms since 1970. */
export interface BatchHeader {
  producerId: string;
  producerEpoch: number;
  /** The number of its first record among all that the producer has sent to the partition. */
  firstSequence: number;
  timestamp: number;
}

// Where the fields lie, from https://kafka.apache.org/documentation/#recordbatch
const LENGTH_AT = 8;
const CRC_AT = 17;
const CHECKED_FROM = 21;
const RECORDS_FROM = 61;
const MAGIC = 2;
const longestVarint = 5;

/**
 * Encodes `records` as one record batch of format 2, in one pass over one buffer: kafkajs's own encoder makes an object
 * for each record and header, and computes the checksum in JavaScript.
 */
export async function encodeRecordBatch(
  records: BatchRecord[],
  header: BatchHeader,
  compression?: Compression,
): Promise<Buffer> {
  const writer = new Writer(RECORDS_FROM + records.reduce((sum, record) => sum + largestSizeOf(record), 0));
  writer.skip(RECORDS_FROM);
  const first = records[0]?.timestamp ?? header.timestamp;
  let latest = first;
  for (const [offset, record] of records.entries()) {
    const { timestamp = header.timestamp } = record;
    writer.record(record, offset, timestamp - first);
    if (timestamp > latest) latest = timestamp;
  }
  const batch = await withRecordsCompressed(writer.written(), compression);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - LENGTH_AT - 4, LENGTH_AT);
  batch.writeInt32BE(-1, 12); // The leader's epoch: the broker fills it in.
  batch.writeInt8(MAGIC, 16);
  // The time is that of creation, and there is no transaction.
  batch.writeInt16BE(compressionId(compression), CHECKED_FROM);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(first), 27);
  batch.writeBigInt64BE(BigInt(latest), 35);
  batch.writeBigInt64BE(BigInt(header.producerId), 43);
  batch.writeInt16BE(header.producerEpoch, 51);
  batch.writeInt32BE(header.firstSequence, 53);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(CHECKED_FROM)), CRC_AT);
  return batch;
}

async function withRecordsCompressed(batch: Buffer, compression?: Compression): Promise<Buffer> {
  if (!compression) return batch;
  const records = await compress(batch.subarray(RECORDS_FROM), compression);
  return Buffer.concat([batch.subarray(0, RECORDS_FROM), records]);
}

type Bytes = string | Buffer | null;

// A UTF-16 code unit is at most three bytes of UTF-8.
const largest = (bytes: Bytes) =>
  longestVarint + (bytes === null ? 0 : typeof bytes === 'string' ? bytes.length * 3 : bytes.length);

function largestSizeOf({ key, value, headers }: BatchRecord): number {
  let size = 5 * longestVarint + 1 + largest(key) + largest(value);
  if (Array.isArray(headers)) {
    for (const [name, one] of headers) size += largest(name) + largest(one);
    return size;
  }
  for (const name in headers) {
    const values = headers[name]!;
    if (Array.isArray(values)) for (const one of values) size += largest(name) + largest(one);
    else size += largest(name) + largest(values);
  }
  return size;
}

class Writer {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  record({ key, value, headers }: BatchRecord, offset: number, later: number): void {
    const start = this.#at;
    // The size of the body comes first, but is known last: leave room for it, then close the gap.
    const body = start + longestVarint;
    this.#at = body;
    this.#buffer[this.#at++] = 0; // Attributes: none are in use.
    this.varlong(later);
    this.varint(offset);
    this.bytes(key);
    this.bytes(value);
    this.headers(headers);
    const end = this.#at;
    this.#at = start;
    this.varint(end - body);
    this.#buffer.copyWithin(this.#at, body, end);
    this.#at += end - body;
  }

  headers(headers: BatchRecord['headers']): void {
    if (Array.isArray(headers)) {
      this.varint(headers.length);
      for (const [name, value] of headers) this.header(name, value);
      return;
    }
    let count = 0;
    for (const name in headers) count += Array.isArray(headers[name]) ? headers[name].length : 1;
    this.varint(count);
    for (const name in headers) {
      const values = headers[name]!;
      if (!Array.isArray(values)) this.header(name, values);
      else for (const value of values) this.header(name, value);
    }
  }

  header(name: string, value: Bytes): void {
    this.bytes(name);
    this.bytes(value);
  }

  bytes(bytes: Bytes): void {
    if (bytes === null || bytes === undefined) return this.varint(-1);
    if (typeof bytes === 'string') return this.text(bytes);
    this.varint(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Most are short and ASCII, which a loop copies faster than the two calls that UTF-8 takes. */
  text(text: string): void {
    const start = this.#at;
    this.varint(text.length);
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        this.#at = start;
        this.varint(Buffer.byteLength(text));
        this.#at += this.#buffer.write(text, this.#at);
        return;
      }
      this.#buffer[this.#at++] = code;
    }
  }

  /** A zigzag varint of any whole number; most are 0. */
  varlong(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#buffer[this.#at++] = (rest % 0x80) | 0x80;
    this.#buffer[this.#at++] = rest;
  }

  /** A zigzag varint of up to 32 bits. */
  varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }
}
