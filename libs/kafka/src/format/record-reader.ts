import { Undecodable } from '../errors.ts';
import { readLimits } from './read-limits.ts';

/** What the header of a batch says of its records. */
export interface BatchStart {
  firstOffset: number;
  firstTimestamp: number;
  /** The time of all of them, where the broker has noted it. */
  appendTime: string | undefined;
}

type Headers = Record<string, Buffer | null | (Buffer | null)[]>;

const shortestRecord = 7;
const longestVarint = 5;
const longestVarlong = 10;

// Of a record with too many; what is made of it, such as a dead letter, must be readable itself.
const keptHeaders = 100;
const keptHeaderBytes = 16_384;

/**
 * Reads the records of a batch, in one pass, and each length only when that many bytes are left. kafkajs's own decoder
 * takes a time that grows with the square of the headers, and believes lengths.
 */
export class RecordReader {
  readonly #bytes: Buffer;
  readonly #start: BatchStart;
  #at = 0;

  constructor(bytes: Buffer, start: BatchStart) {
    this.#bytes = bytes;
    this.#start = start;
  }

  /** Throws when there are no `count` records. */
  records(count: number) {
    if (count * shortestRecord > this.#bytes.length)
      throw new Error(`${count} records in ${this.#bytes.length} bytes`);
    const records = [];
    for (let nth = 0; nth < count; nth++) records.push(this.#record());
    return records;
  }

  #record() {
    const { firstOffset, firstTimestamp, appendTime } = this.#start;
    const end = this.#end(this.#varint(longestVarint), this.#bytes.length);
    this.#at++; // Attributes: none are in use.
    const timestamp = appendTime ?? String(firstTimestamp + this.#varint(longestVarlong));
    const offset = String(firstOffset + this.#varint(longestVarint));
    const key = this.#sized(end);
    const value = this.#sized(end);
    const { headers, problem } = this.#headers(end);
    this.#at = end;
    return { timestamp, offset, key, value, headers, ...(problem && { problem }) };
  }

  #headers(end: number): { headers: Headers; problem?: Undecodable } {
    const headers: Headers = Object.create(null);
    const count = this.#varint(longestVarint);
    const from = this.#at;
    const problem = tooMuch(count, end - from);
    for (let nth = 0; nth < count; nth++) {
      const name = this.#sized(end);
      const value = this.#sized(end);
      if (name === null) throw new Error('a header without a name');
      if (problem && (nth === keptHeaders || this.#at - from > keptHeaderBytes)) break;
      add(headers, name.toString(), value);
    }
    return problem ? { headers, problem } : { headers };
  }

  #sized(end: number): Buffer | null {
    const size = this.#varint(longestVarint);
    if (size === -1) return null;
    const from = this.#at;
    this.#at = this.#end(size, end);
    return this.#bytes.subarray(from, this.#at);
  }

  #end(size: number, of: number): number {
    if (!(size >= 0 && size <= of - this.#at))
      throw new Error(`${size} bytes where ${of - this.#at} are left`);
    return this.#at + size;
  }

  /** A zigzag varint of at most `longest` bytes. */
  #varint(longest: number): number {
    let [value, factor] = [0, 1];
    for (let nth = 0; nth < longest; nth++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('it breaks off in a number');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      factor *= 0x80;
    }
    throw new Error('a number that is too long');
  }
}

/** Headers are the end of a record, so that their size is known before they are read. */
function tooMuch(headers: number, bytes: number): Undecodable | undefined {
  const { maxHeaders, maxHeaderBytes } = readLimits;
  if (headers > maxHeaders) return new Undecodable(`${headers} headers, and maxHeaders is ${maxHeaders}`);
  if (bytes > maxHeaderBytes)
    return new Undecodable(`headers of ${bytes} bytes, and maxHeaderBytes is ${maxHeaderBytes}`);
  return undefined;
}

/** Has none of what every object has, so that a header may be named like that. */
function add(headers: Headers, name: string, value: Buffer | null): void {
  const known = headers[name];
  if (known === undefined) headers[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else headers[name] = [known, value];
}
