import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type KafkaConnection } from '@everyhop/kafka';
import {
  readAllTopics,
  type HeaderList,
  type PlacedRecord,
  type StoredRecord,
  type StoredRecords,
} from '@everyhop/kafka/admin';

/** A record, and where it lay. */
export interface CopiedRecord extends PlacedRecord {
  offset: bigint;
  /** In their order; a name may occur more than once. */
  headers: HeaderList;
}

// Of lines, which have four characters for three bytes.
const mostCharacters = 8 * 2 ** 20;

/**
 * Copies all records of all topics (or of `topics`) into files of `folder`, one a topic, one line a record. Returns how
 * many.
 */
export async function copyTopics(
  connection: KafkaConnection,
  folder: string,
  topics?: string[],
): Promise<number> {
  await mkdir(folder);
  const files = new Map<string, WriteStream>();
  let records = 0;
  const copy = async ({ topic, partition, messages }: StoredRecords) => {
    let file = files.get(topic);
    if (!file) files.set(topic, (file = createWriteStream(join(folder, topic))));
    records += messages.length;
    for (const message of messages) {
      const line = `${lineOf(partition, message)}\n`;
      await new Promise<void>((resolve, reject) =>
        file.write(line, (error) => (error ? reject(error) : resolve())),
      );
    }
  };
  await readAllTopics(connection, copy, topics);
  for (const file of files.values()) await finished(file.end());
  return records;
}

/** The records of a copy, topic by topic, those of a partition in their order; at most `atATime` at a time. */
export async function* readCopy(folder: string, atATime = 500): AsyncGenerator<CopiedRecord[]> {
  for (const topic of await readdir(folder)) {
    let records: CopiedRecord[] = [];
    let characters = 0;
    for await (const line of linesOf(join(folder, topic))) {
      records.push(recordOf(topic, line));
      characters += line.length;
      if (records.length < atATime && characters < mostCharacters) continue;
      yield records;
      [records, characters] = [[], 0];
    }
    if (records.length > 0) yield records;
  }
}

/** Not with readline, which breaks lines also at U+2028 and the like, which the name of a header may have. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end; (end = chunk.indexOf('\n', from)) >= 0; from = end + 1) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString();
      parts = [];
    }
    parts.push(chunk.subarray(from));
  }
  // A copy that breaks off is to be noticed.
  const rest = Buffer.concat(parts);
  if (rest.length > 0) yield rest.toString();
}

const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null;
const fromBase64 = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));

function lineOf(partition: number, { offset, timestamp, key, value, headers }: StoredRecord): string {
  const encoded = headers.map(([name, one]) => [name, [base64(one)]]);
  return JSON.stringify([partition, offset, timestamp, base64(key), base64(value), encoded]);
}

function recordOf(topic: string, line: string): CopiedRecord {
  const [partition, offset, timestamp, key, value, headers] = JSON.parse(line);
  return {
    topic,
    partition,
    offset: BigInt(offset),
    timestamp,
    key: fromBase64(key),
    value: fromBase64(value),
    // Older backups have all values of a name beside it.
    headers: headers.flatMap(([name, values]: [string, (string | null)[]]) =>
      values.map((one) => [name, fromBase64(one)]),
    ),
  };
}
