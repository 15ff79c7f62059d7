// kafkajs does not offer these, but without them its connections can't be used for a request that is encoded here.
import Encoder from 'kafkajs/src/protocol/encoder.js';
import response, {
  type PartitionAnswer,
  type ProduceAnswer,
} from 'kafkajs/src/protocol/requests/produce/v7/response.js';
import type { Broker } from '../connection/cluster.ts';
import type { Compression } from '../format/compression.ts';
import type { OutgoingRecord } from '../format/outgoing-record.ts';
import { encodeRecordBatch, type BatchRecord } from '../format/record-batch.ts';

/** An idempotent producer, as the broker knows it. */
export interface ProducerId {
  producerId: string;
  producerEpoch: number;
}

/** Consecutive records of one producer for one partition. */
export interface PartitionBatch<R extends BatchRecord = OutgoingRecord> {
  topic: string;
  partition: number;
  /** The number of the first among all that the producer has sent to the partition. */
  firstSequence: number;
  records: R[];
}

// Version 7, which brokers know since 2.1: https://kafka.apache.org/protocol.html#The_Messages_Produce
const produceApi = { apiKey: 0, apiVersion: 7, apiName: 'Produce' };
const ALL_IN_SYNC_REPLICAS = -1;
// Less than the 30 s after which kafkajs takes the connection for dead.
const timeoutMs = 25_000;

/** A batch that was not written, or whose answer is not known, and kafkajs's error. */
export interface FailedBatch<R extends BatchRecord = OutgoingRecord> {
  batch: PartitionBatch<R>;
  error: unknown;
}

/**
 * Has `broker`, the leader of their partitions, write `batches`. Resolves, when all in-sync replicas have the others, to
 * those that failed; rejects with kafkajs's error when there is no answer.
 */
export async function produce<R extends BatchRecord>(
  broker: Broker,
  id: ProducerId,
  batches: PartitionBatch<R>[],
  compression?: Compression,
): Promise<FailedBatch<R>[]> {
  const encode = () => encodeRequest(id, batches, compression);
  const request = { ...produceApi, expectResponse: () => true, encode };
  try {
    const { topics } = (await broker.connectionPool.send({ request, response: unparsed })) as ProduceAnswer;
    const failed: FailedBatch<R>[] = [];
    for (const { topicName, partitions } of topics)
      for (const answer of partitions.filter(({ errorCode }) => errorCode !== 0)) {
        const isMeant = ({ topic, partition }: PartitionBatch<R>) =>
          topic === topicName && partition === answer.partition;
        failed.push({ batch: batches.find(isMeant)!, error: await errorOf(topicName, answer) });
      }
    return failed;
  } catch (error) {
    if ((error as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

// kafkajs throws the first error of an answer, without saying which batch it is about.
const unparsed = { decode: response.decode, parse: async (answer: unknown) => answer };

const errorOf = (topicName: string, answer: PartitionAnswer): Promise<unknown> =>
  response.parse({ topics: [{ topicName, partitions: [answer] }] }).catch((error: unknown) => error);

async function encodeRequest(
  id: ProducerId,
  batches: PartitionBatch<BatchRecord>[],
  compression?: Compression,
): Promise<Encoder> {
  const timestamp = Date.now();
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  const encoder = new Encoder();
  encoder.writeString(null).writeInt16(ALL_IN_SYNC_REPLICAS).writeInt32(timeoutMs).writeInt32(topics.size);
  for (const [topic, partitions] of topics) {
    encoder.writeString(topic).writeInt32(partitions.length);
    for (const { partition, firstSequence, records } of partitions) {
      const bytes = await encodeRecordBatch(records, { ...id, firstSequence, timestamp }, compression);
      encoder.writeInt32(partition).writeBytes(bytes);
    }
  }
  return encoder;
}
