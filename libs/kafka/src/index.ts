export { type KafkaConnection } from './client.ts';
export { headersByName, readAllTopics, withWriter, type PlacedRecord, type StoredRecords } from './copy.ts';
export { type HeaderList, type StoredRecord } from './decode-batches.ts';
export { describeTopics } from './describe-topics.ts';
export { type Compression } from './compression.ts';
export { startConsumer, type ConsumedBatch, type Consumer, type ConsumerOptions } from './consumer.ts';
export { deployEvents, type DeployOptions } from './deploy.ts';
export {
  IncompatibleSchema,
  RegistryUnavailable,
  SchemaNotRegistered,
  Undecodable,
  UnknownSchema,
} from './errors.ts';
export { observeGroup, type GroupObservation } from './observe.ts';
export { deleteGroup, positionsOf, resetOffsets, type Position, type ResetOptions } from './offsets.ts';
export {
  commitOffsets,
  committedOffsets,
  endOffsets,
  type GroupOffsets,
  type TopicPartitionOffset,
} from './group-offsets.ts';
export { PartlyWritten, ProducerFenced, RecordRefused, TopicUnavailable } from './produce-errors.ts';
export { type Destination, type OutgoingRecord } from './outgoing-record.ts';
export { Producers, type Producer } from './producer.ts';
export { reach } from './reach.ts';
export { type ConsumedRecord } from './read-batches.ts';
export { type ReadLimits } from './read-limits.ts';
export { SchemaRegistry } from './registry.ts';
export {
  kafkaFrom,
  registryFrom,
  type KafkaSettings,
  type RegistryConnection,
  type RegistrySettings,
} from './servers.ts';
export { configureTopics, createTopics, type TopicSettings } from './topics.ts';
