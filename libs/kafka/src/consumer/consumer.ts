import type { Consumer as KafkaConsumer, EachBatchPayload } from 'kafkajs';
import { silentLogger } from '@everyhop/telemetry';
import { createClient, type KafkaConnection } from '../connection/client.ts';
import { Lanes } from './lanes.ts';
import { commitEndOfEmpty, noticeLostOffsets } from './lost-offset.ts';
import { reach } from '../connection/reach.ts';
import type { ConsumedRecord } from '../format/read-batches.ts';

/** Some consecutive records of one partition, in order. */
export interface ConsumedBatch {
  topic: string;
  partition: number;
  messages: ConsumedRecord[];
  /** Whether the next batch of the partition is of another fetch; a process that ended may have had a whole one. */
  isLast: boolean;
  /** How often the group has been formed anew until the partition was given to this consumer, as far as it knows. */
  generation: number;
  /** Keeps the membership alive; call it at least every few seconds while working. Throws when the partition is lost. */
  heartbeat(): Promise<void>;
  /** Aborted when the consumer stops: finish what is in hand, wait for nothing. */
  signal: AbortSignal;
}

/** What `startConsumer` needs to know beside the connection. */
export interface ConsumerOptions extends KafkaConnection {
  groupId: string;
  topics: string[];
  /** The batch's offset is committed when this resolves; when it rejects, the same records are delivered again. */
  handleBatch(batch: ConsumedBatch): Promise<void>;
  /** The most records given to `handleBatch` at once. Default: 500. */
  maxBatchSize?: number;
  /** How many partitions of a topic are handled at a time, besides up to six of all that take longer than 5 s. Default: 3. */
  concurrency?: number;
}

/** A running consumer. */
export interface Consumer extends AsyncDisposable {
  /** Whether the group has accepted this consumer and given it its partitions. */
  isJoined(): boolean;
  /** Finishes the batch in hand, commits its offset and leaves the group. */
  stop(): Promise<void>;
}

const rebuildDelayMs = 1_000;
// More than the partitions that one process consumes: how many are handled at a time, the lanes decide.
const workers = 256;

/**
 * Consumes `topics` from the first record on that the group has not committed, and keeps doing so: kafkajs restarts
 * itself after retriable errors, and after any other it is thrown away and a new consumer is built. Rejects when no
 * broker answers now, or a topic is missing.
 */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { groupId, topics, logger = silentLogger } = options;
  const noticing = noticeLostOffsets(logger, (partition) => {
    commitEndOfEmpty(options, consumer, partition).catch((error) =>
      logger.warn({ err: error, ...partition }, 'the lag of an empty partition may be shown as too much'),
    );
  });
  const kafka = createClient({ ...options, logger: noticing });
  const stopping = new AbortController();
  const lanes = new Lanes(options.concurrency ?? 3, logger, stopping.signal);
  let generation = 0;
  let consumer: KafkaConsumer;
  let joined = false;
  let rebuild: NodeJS.Timeout | undefined;

  const build = async () => {
    consumer = kafka.consumer({
      groupId,
      // How long a fetch may wait at the broker, and so how long joining and leaving take at the most.
      maxWaitTimeInMs: 500,
      sessionTimeout: 10_000,
      heartbeatInterval: 2_000,
      allowAutoTopicCreation: false,
      // Patient, as a broker that has just started needs time, but not asleep for long when it is back.
      retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 12 },
    });
    consumer.on(consumer.events.GROUP_JOIN, () => {
      joined = true;
      generation++;
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      joined = false;
      if (!payload.restart) rebuildLater(payload.error);
    });
    try {
      await consumer.connect();
      // Whoever stopped meanwhile could not end what was not there yet.
      stopping.signal.throwIfAborted();
      await consumer.subscribe({ topics, fromBeginning: true });
      stopping.signal.throwIfAborted();
      await consumer.run({
        eachBatchAutoResolve: false,
        // Also behind what nobody is given: control records, and those of aborted transactions. After all else it does so anyway.
        autoCommitInterval: 0,
        partitionsConsumedConcurrently: workers,
        eachBatch: async (payload) => {
          // Nothing more is begun; without the pause it would be fetched again and again until all have finished.
          if (stopping.signal.aborted) return void payload.pause();
          const joinedAs = generation;
          const isMember = () => generation === joinedAs;
          const membership = { generation: joinedAs, isMember };
          await lanes.run(payload, () => handleInSlices(payload, options, stopping.signal, membership));
        },
      });
      stopping.signal.throwIfAborted();
    } catch (error) {
      await consumer.disconnect().catch(() => {});
      throw error;
    }
  };

  const rebuildLater = (error: Error) => {
    if (stopping.signal.aborted) return;
    logger.warn({ err: error, group: groupId }, 'the Kafka consumer gave up; building a new one');
    const old = consumer;
    rebuild = setTimeout(() => {
      void old.disconnect().catch(() => {});
      build().catch(rebuildLater);
    }, rebuildDelayMs);
  };

  await reach(options.brokers);
  await build();
  const stop = async () => {
    stopping.abort();
    clearTimeout(rebuild);
    await lanes.idle();
    await consumer.disconnect();
  };
  return { isJoined: () => joined, stop, [Symbol.asyncDispose]: stop };
}

/** `isMember`: whether the group has not been formed anew, so that the partition is still this consumer's. */
async function handleInSlices(
  payload: EachBatchPayload,
  { maxBatchSize = 500, handleBatch }: ConsumerOptions,
  signal: AbortSignal,
  { generation, isMember }: { generation: number; isMember: () => boolean },
) {
  const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload;
  const { topic, partition } = batch;
  for (let start = 0; start < batch.messages.length; start += maxBatchSize) {
    if (!isRunning() || isStale() || signal.aborted || !isMember()) return;
    const messages = batch.messages.slice(start, start + maxBatchSize);
    const isLast = start + maxBatchSize >= batch.messages.length;
    await handleBatch({ topic, partition, messages, isLast, generation, heartbeat, signal });
    if (!isMember()) return;
    resolveOffset(messages.at(-1)!.offset);
    await heartbeat();
  }
}
