// kafkajs does not offer these, but its decoder believes whatever is in a record: see record-reader.ts.
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeMessageSet from 'kafkajs/src/protocol/messageSet/decoder.js';
import response from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import { MAGIC, magicOf, readBatches } from './read-batches.ts';

/**
 * Has kafkajs read what brokers answer to a fetch with {@link readBatches}. Of version 11, which it uses with all brokers
 * since 2.3: https://kafka.apache.org/protocol.html#The_Messages_Fetch
 */
export function readFetchesOurselves(): void {
  response.decode = decode;
}

async function decode(bytes: Buffer) {
  const decoder = new Decoder(bytes);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const responses = await decoder.readArrayAsync(decodeTopic);
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function decodeTopic(decoder: Decoder) {
  const topicName = decoder.readString();
  return { topicName, partitions: await decoder.readArrayAsync((one) => decodePartition(one, topicName)) };
}

async function decodePartition(decoder: Decoder, topic: string) {
  const partition = decoder.readInt32();
  return {
    partition,
    errorCode: decoder.readInt16(),
    highWatermark: String(decoder.readInt64()),
    lastStableOffset: String(decoder.readInt64()),
    lastStartOffset: String(decoder.readInt64()),
    abortedTransactions: decoder.readArray((one) => ({
      producerId: String(one.readInt64()),
      firstOffset: String(one.readInt64()),
    })),
    preferredReadReplica: decoder.readInt32(),
    messages: await decodeRecords(decoder.readBytes(), `${topic}/${partition}`),
  };
}

async function decodeRecords(bytes: Buffer | null, name: string): Promise<object[]> {
  if (!bytes || bytes.length === 0) return [];
  if (magicOf(bytes) < MAGIC) return decodeMessageSet(new Decoder(bytes), bytes.length);
  return readBatches(bytes, name);
}
