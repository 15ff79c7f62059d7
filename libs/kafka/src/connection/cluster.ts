import type { Kafka, PartitionMetadata } from 'kafkajs';
import { createClient, type KafkaConnection } from './client.ts';

/** A connection to one broker, as kafkajs keeps it. */
export interface Broker {
  initProducerId(request: {
    transactionalId?: string;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
  }): Promise<unknown>;
  connectionPool: {
    host: string;
    port: number;
    /** Encodes and sends the request; resolves to what `response` makes of the answer, or throws what that throws. */
    send(exchange: { request: object; response: object }): Promise<unknown>;
  };
  disconnect(): Promise<void>;
}

/**
 * What kafkajs's own producer is built on: connections, metadata, leaders. kafkajs does not offer it, so it is
 * reached by its private symbol; the library gets no more releases that could move it.
 */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  /** The topics of which metadata is kept; when one of them is missing, refreshing fails for all. */
  targetTopics: Set<string>;
  /** To be held by whoever changes them. */
  mutatingTargetTopics: { acquire(): Promise<void>; release(): Promise<void> };
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): PartitionMetadata[];
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  /** The next offsets; `fromBeginning`: the first ones. */
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(group: { groupId: string; coordinatorType: number }): Promise<Broker>;
  removeBroker(address: { host: string; port: number }): void;
}

/** Kafka's coordinator type for consumer groups. */
export const GROUP_COORDINATOR = 0;
/** Kafka's coordinator type for transactional ids. */
export const TRANSACTION_COORDINATOR = 1;

/** A cluster that is not connected yet. */
export function createCluster(connection: KafkaConnection): Cluster {
  const kafka: Kafka = createClient(connection);
  const create = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (!create) throw new Error('this version of kafkajs has no createCluster: use 2.2.4');
  return (kafka as any)[create]({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}
