export { type KafkaConnection } from './connection/client.ts';
export { headersByName, readAllTopics, readRanges, withWriter, type StoredRecords } from './admin/copy.ts';
export { type HeaderList, type StoredRecord } from './format/decode-batches.ts';
export { describeTopics } from './admin/describe-topics.ts';
export { type Compression } from './format/compression.ts';
export {
  startConsumer,
  type ConsumedBatch,
  type Consumer,
  type ConsumerOptions,
} from './consumer/consumer.ts';
export { deployEvents, type DeployOptions } from './admin/deploy.ts';
export {
  IncompatibleSchema,
  RegistryUnavailable,
  SchemaNotRegistered,
  Undecodable,
  UnknownSchema,
} from './errors.ts';
export { observeGroup, type GroupObservation } from './admin/observe.ts';
export { deleteGroup, positionsOf, resetOffsets, type Position, type ResetOptions } from './admin/offsets.ts';
export {
  commitOffsets,
  committedOffsets,
  endOffsets,
  offsetRanges,
  offsetsSince,
  type GroupOffsets,
  type OffsetRange,
  type TopicPartitionOffset,
} from './admin/group-offsets.ts';
export { PartlyWritten, ProducerFenced, RecordRefused, TopicUnavailable } from './producer/produce-errors.ts';
export { type Destination, type OutgoingRecord } from './format/outgoing-record.ts';
export { Producers, type Producer } from './producer/producer.ts';
export { type PlacedRecord } from './producer/record-writer.ts';
export { reach } from './connection/reach.ts';
export { type ConsumedRecord } from './format/read-batches.ts';
export { type ReadLimits } from './format/read-limits.ts';
export { SchemaRegistry } from './registry/registry.ts';
export {
  kafkaFrom,
  registryFrom,
  type KafkaSettings,
  type RegistryConnection,
  type RegistrySettings,
} from './connection/servers.ts';
export { configureTopics, createTopics, type TopicSettings } from './admin/topics.ts';
