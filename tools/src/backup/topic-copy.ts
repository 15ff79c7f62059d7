import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { readAllTopics, type ConsumedBatch, type KafkaConnection, type PlacedRecord } from '@everyhop/kafka';

/** A record, and where it lay. */
export interface CopiedRecord extends PlacedRecord {
  offset: bigint;
}

/** Copies all records of all topics into files of `folder`, one a topic, one line a record. Returns how many. */
export async function copyTopics(connection: KafkaConnection, folder: string): Promise<number> {
  await mkdir(folder);
  const files = new Map<string, WriteStream>();
  let records = 0;
  await readAllTopics(connection, async ({ topic, partition, messages }) => {
    let file = files.get(topic);
    if (!file) files.set(topic, (file = createWriteStream(join(folder, topic))));
    records += messages.length;
    const lines = messages.map((message) => `${lineOf(partition, message)}\n`).join('');
    await new Promise<void>((resolve, reject) =>
      file.write(lines, (error) => (error ? reject(error) : resolve())),
    );
  });
  for (const file of files.values()) await finished(file.end());
  return records;
}

/** The records of a copy, topic by topic, those of a partition in their order; some at a time. */
export async function* readCopy(folder: string, atATime = 500): AsyncGenerator<CopiedRecord[]> {
  for (const topic of await readdir(folder)) {
    let records: CopiedRecord[] = [];
    for await (const line of createInterface({ input: createReadStream(join(folder, topic)) })) {
      records.push(recordOf(topic, line));
      if (records.length < atATime) continue;
      yield records;
      records = [];
    }
    if (records.length > 0) yield records;
  }
}

const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null;
const fromBase64 = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));

function lineOf(partition: number, message: ConsumedBatch['messages'][number]): string {
  const { offset, timestamp, key, value, headers = {} } = message;
  const encoded = Object.entries(headers).map(([name, values]) => {
    return [name, [values ?? []].flat().map((one) => Buffer.from(one).toString('base64'))];
  });
  return JSON.stringify([partition, offset, timestamp, base64(key), base64(value), encoded]);
}

function decoded(values: string[]): Buffer | Buffer[] {
  const buffers = values.map((one) => Buffer.from(one, 'base64'));
  return buffers.length === 1 ? buffers[0]! : buffers;
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
    headers: Object.fromEntries(headers.map(([name, values]: [string, string[]]) => [name, decoded(values)])),
  };
}
