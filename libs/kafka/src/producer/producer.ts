import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '@everyhop/telemetry/internal';
import pLimit from 'p-limit';
import { defaultClientId, type KafkaConnection } from '../connection/client.ts';
import { createCluster, TRANSACTION_COORDINATOR, type Broker, type Cluster } from '../connection/cluster.ts';
import type { Compression } from '../format/compression.ts';
import type { OutgoingRecord } from '../format/outgoing-record.ts';
import { partitionOf } from './partition.ts';
import { produce, type FailedBatch, type PartitionBatch, type ProducerId } from './produce.ts';
import { reach } from '../connection/reach.ts';
import {
  isAboutATopic,
  isProduceRetriable,
  PartlyWritten,
  toProduceError,
  TopicUnavailable,
} from './produce-errors.ts';
import { whenCoordinated } from './when-coordinated.ts';

/** Sends batches one after the other, in the order of the calls; see `Producers.open`. */
export interface Producer {
  /**
   * Resolves when all in-sync replicas have every record. Rejects with `ProducerFenced` when another has taken this
   * one's fencing id, with `RecordRefused` when a record will never be accepted, with `TopicUnavailable` when a topic
   * is missing, else with what went wrong; and when it is known that some records were written, with `PartlyWritten`,
   * which has that as its cause. Then this producer is of no more use.
   */
  send(records: OutgoingRecord[]): Promise<void>;
}

const retries = { attempts: 7, first: 75, longest: '5s' } as const;

/** Idempotent producers with `acks=all` that share one set of connections, made at the first use. */
export class Producers {
  readonly #brokers: string[];
  readonly #cluster: Cluster;
  readonly #compression: Compression | undefined;
  readonly #clientId: string;
  #connecting: Promise<void> | undefined;

  constructor(connection: KafkaConnection) {
    this.#brokers = connection.brokers;
    this.#cluster = createCluster(connection);
    this.#compression = connection.compression;
    this.#clientId = connection.clientId ?? defaultClientId;
  }

  /**
   * A producer with an id of its own from the broker, so that retries within a `send` neither double nor reorder.
   * With a `fencingId` the broker also gives it the next epoch of that id: from the first record that it has written
   * to a partition on, the partition refuses those of its predecessors, however late they come. (Transactions are
   * not used: the epoch of a transactional id guards every idempotent write, KIP-98.)
   */
  async open({ fencingId }: { fencingId?: string } = {}): Promise<Producer> {
    await this.#connect();
    const id = await this.#initProducerId(fencingId);
    const sequences = new Map<string, number>();
    let broken: unknown;
    const send = async (records: OutgoingRecord[]) => {
      if (broken) throw broken;
      try {
        await this.#send(records, id, sequences);
      } catch (error) {
        broken = error instanceof PartlyWritten ? error.cause : error;
        throw error;
      }
    };
    const oneByOne = pLimit(1);
    return { send: (records) => oneByOne(send, records) };
  }

  /** Closes the connections; its producers are of no use afterwards. */
  async disconnect(): Promise<void> {
    await this.#connecting?.catch(() => {});
    await this.#cluster.disconnect();
  }

  /** Disconnects. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  async #initProducerId(fencingId: string | undefined): Promise<ProducerId> {
    const cluster = this.#cluster;
    await cluster.refreshMetadataIfNecessary().catch(async (error) => {
      // One of the topics that were written to is gone. To open a producer none is needed.
      if (!isAboutATopic(error)) throw error;
      await this.#forgetMissingTopics([]);
    });
    return whenCoordinated(async () => {
      const broker = fencingId
        ? await cluster.findGroupCoordinator({
            groupId: fencingId,
            coordinatorType: TRANSACTION_COORDINATOR,
          })
        : await cluster.findControllerBroker();
      return broker.initProducerId({ transactionalId: fencingId, transactionTimeout: 60_000 });
    });
  }

  async #connect(): Promise<void> {
    this.#connecting ??= reach(this.#brokers).then(() => this.#cluster.connect());
    try {
      await this.#connecting;
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
  }

  async #unavailableTopic(records: OutgoingRecord[], error: unknown): Promise<TopicUnavailable | undefined> {
    if (!isAboutATopic(error)) return undefined;
    const missing = await this.#forgetMissingTopics(topicsOf(records)).catch(() => undefined);
    const topic = topicsOf(records).find((topic) => missing?.has(topic));
    return topic === undefined ? undefined : new TopicUnavailable(topic, missing!.get(topic));
  }

  // One that is missing fails the metadata of all that the producers have written to, so each is asked for alone.
  async #forgetMissingTopics(topics: string[]): Promise<Map<string, unknown>> {
    const { mutatingTargetTopics } = this.#cluster;
    const missing = new Map<string, unknown>();
    await mutatingTargetTopics.acquire();
    try {
      const all = new Set([...this.#cluster.targetTopics, ...topics]);
      this.#cluster.targetTopics = new Set();
      for (const topic of all) {
        this.#cluster.targetTopics.add(topic);
        await this.#cluster.refreshMetadata().catch((error) => {
          if (!isAboutATopic(error)) throw error;
          this.#cluster.targetTopics.delete(topic);
          missing.set(topic, error);
        });
      }
    } finally {
      await mutatingTargetTopics.release();
    }
    return missing;
  }

  async #send(records: OutgoingRecord[], id: ProducerId, sequences: Map<string, number>): Promise<void> {
    let batches: PartitionBatch[] = [];
    let pending = batches;
    try {
      await this.#cluster.addMultipleTargetTopics(topicsOf(records));
      batches = pending = this.#partition(records, sequences);
      for (let attempt = 1; ; attempt++) {
        const outcomes = [...this.#byLeader(pending)].map((request) => this.#produce(request, id));
        const failed = (await Promise.all(outcomes)).flat();
        if (failed.length === 0) return;
        pending = failed.map(({ batch }) => batch);
        const final = failed.find(({ error }) => !isProduceRetriable(error));
        if (final || attempt === retries.attempts) throw (final ?? failed[0])!.error;
        await delay(backoffMs(attempt, retries));
        await this.#cluster.refreshMetadata();
      }
    } catch (reason) {
      const error = (await this.#unavailableTopic(records, reason)) ?? toProduceError(reason);
      const written = batches.filter((batch) => !pending.includes(batch)).flatMap(({ records }) => records);
      throw written.length > 0 ? new PartlyWritten(written, error) : error;
    }
  }

  // The sequence numbers are given out once, so that a retry is known to the broker as such.
  #partition(records: OutgoingRecord[], sequences: Map<string, number>): PartitionBatch[] {
    const counts = new Map(topicsOf(records).map((topic) => [topic, this.#partitionsOf(topic)]));
    const batches = new Map<string, PartitionBatch>();
    for (const record of records) {
      const { topic } = record;
      const partition = partitionOf(record.key, counts.get(topic)!);
      const name = `${topic}/${partition}`;
      let batch = batches.get(name);
      if (!batch)
        batches.set(
          name,
          (batch = { topic, partition, firstSequence: sequences.get(name) ?? 0, records: [] }),
        );
      batch.records.push(record);
    }
    for (const [name, { firstSequence, records: its }] of batches)
      sequences.set(name, firstSequence + its.length);
    return [...batches.values()];
  }

  #partitionsOf(topic: string): number {
    const { length } = this.#cluster.findTopicPartitionMetadata(topic);
    if (length === 0) throw new Error(`nothing is known of topic ${topic} at the moment`);
    return length;
  }

  #byLeader(batches: PartitionBatch[]): Map<string, PartitionBatch[]> {
    return Map.groupBy(batches, ({ topic, partition }) => {
      const [leader] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
      if (leader === undefined)
        throw new Error(`partition ${topic}/${partition} has no leader at the moment`);
      return leader;
    });
  }

  async #produce([nodeId, batches]: [string, PartitionBatch[]], id: ProducerId): Promise<FailedBatch[]> {
    let broker: Broker | undefined;
    try {
      broker = await this.#cluster.findBroker({ nodeId });
      const { host, port } = broker.connectionPool;
      for (const { partition, records } of batches) {
        const sentTo = { partition, host, port, clientId: this.#clientId };
        for (const record of records) record.sentTo = sentTo;
      }
      return await produce(broker, id, batches, this.#compression);
    } catch (error) {
      const { name, host, port } = error as { name?: string; host?: string; port?: number };
      if (name === 'KafkaJSConnectionClosedError') this.#cluster.removeBroker({ host: host!, port: port! });
      if (broker && name === 'KafkaJSRequestTimeoutError') {
        // kafkajs would go on with a connection that a network has forgotten.
        this.#cluster.removeBroker(broker.connectionPool);
        void broker.disconnect().catch(() => {});
      }
      return batches.map((batch) => ({ batch, error }));
    }
  }
}

const topicsOf = (records: OutgoingRecord[]) => [...new Set(records.map(({ topic }) => topic))];
