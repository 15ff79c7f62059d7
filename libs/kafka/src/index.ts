export { type KafkaConnection } from './connection/client.ts';
export {
  kafkaFrom,
  registryFrom,
  type KafkaSettings,
  type RegistryConnection,
  type RegistrySettings,
} from './connection/servers.ts';
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
export { type Compression } from './format/compression.ts';
export { type Destination, type OutgoingRecord } from './format/outgoing-record.ts';
export { type ConsumedRecord } from './format/read-batches.ts';
export { type ReadLimits } from './format/read-limits.ts';
export { Producers, type Producer } from './producer/producer.ts';
export { SchemaRegistry } from './registry/registry.ts';
