import request from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import { setTimeout as delay } from 'node:timers/promises';
import { ByteReader } from '../format/byte-reader.ts';
import type { Cluster } from '../connection/cluster.ts';
import { decodeBatches, type AbortedTransaction, type StoredRecord } from '../format/decode-batches.ts';
import type { OffsetRange } from './group-offsets.ts';
import { LEADER_NOT_AVAILABLE } from '../producer/produce-errors.ts';

// https://kafka.apache.org/protocol.html#protocol_error_codes
const OFFSET_OUT_OF_RANGE = 1;
// The leader is another one now, or not there at the moment.
const retriable = [3, LEADER_NOT_AVAILABLE, 6, 7, 9, 13, 56, 74, 75, 76];
const retries = { attempts: 20, delayMs: 250 };
const maxBytes = 1_048_576;

/** What a broker answers. */
interface Fetched {
  errorCode: number;
  aborted: AbortedTransaction[];
  bytes: Buffer;
}

/**
 * Gives `take` the records of a partition from `first` on up to `end`, some at a time. What expires meanwhile is left
 * out; whatever lies at the end, such as the marker of a transaction, is passed by.
 */
export async function readPartition(
  cluster: Cluster,
  { topic, partition, first, end }: OffsetRange,
  take: (messages: StoredRecord[]) => Promise<void>,
): Promise<void> {
  let failures = 0;
  for (let at = first; at < end;) {
    const { errorCode, aborted, bytes } = await fetch(cluster, topic, partition, at);
    const { records, next } = await decodeBatches(bytes, aborted);
    if (next !== undefined) {
      // The first batch begins before the offset that was asked for, when that lies within it.
      const wanted = records.filter(({ offset }) => BigInt(offset) >= at && BigInt(offset) < end);
      if (wanted.length > 0) await take(wanted);
      at = next;
      failures = 0;
    } else if (errorCode === OFFSET_OUT_OF_RANGE) {
      const start = await startOf(cluster, topic, partition);
      // Out of range at the other side: the topic was made anew, and has less.
      if (start <= at) return;
      at = start;
    } else if (++failures === retries.attempts)
      throw new Error(`${topic}/${partition} can't be read from offset ${at} on: Kafka's error ${errorCode}`);
    else {
      await delay(retries.delayMs);
      await cluster.refreshMetadata();
    }
  }
}

async function fetch(cluster: Cluster, topic: string, partition: number, offset: bigint): Promise<Fetched> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) return { errorCode: LEADER_NOT_AVAILABLE, aborted: [], bytes: Buffer.alloc(0) };
  const { connectionPool } = await cluster.findBroker({ nodeId });
  const partitions = [{ partition, fetchOffset: String(offset), maxBytes }];
  const asked = request({
    replicaId: -1,
    maxWaitTime: 500,
    minBytes: 1,
    maxBytes,
    topics: [{ topic, partitions }],
  });
  const response = {
    decode: async (answer: Buffer) => fetchedOf(answer),
    parse: async (fetched: Fetched) => fetched,
  };
  const fetched = (await connectionPool.send({ request: asked, response })) as Fetched;
  const { errorCode } = fetched;
  if (errorCode !== 0 && errorCode !== OFFSET_OUT_OF_RANGE && !retriable.includes(errorCode))
    throw new Error(`${topic}/${partition} can't be read: Kafka's error ${errorCode}`);
  return fetched;
}

async function startOf(cluster: Cluster, topic: string, partition: number): Promise<bigint> {
  const asked = [{ topic, partitions: [{ partition }], fromBeginning: true }];
  const [found] = await cluster.fetchTopicsOffset(asked);
  return BigInt(found!.partitions[0]!.offset);
}

/** The one partition in an answer. */
function fetchedOf(answer: Buffer): Fetched {
  const reader = new ByteReader(answer);
  reader.take(4 + 2 + 4); // throttle time, error, session
  const [topic] = reader.list(() => {
    reader.text();
    return reader.list(() => {
      reader.int32(); // partition
      const errorCode = reader.int16();
      reader.take(8 + 8 + 8); // high watermark, last stable offset, first offset
      const aborted = reader.list(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
      reader.int32(); // preferred replica
      const bytes = reader.take(Math.max(reader.int32(), 0));
      return { errorCode, aborted, bytes };
    });
  });
  if (!topic?.[0]) throw new Error('the broker answered without a partition');
  return topic[0];
}
