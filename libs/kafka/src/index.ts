export { type KafkaConnection } from './client.ts';
export { startConsumer, type ConsumedBatch, type Consumer, type ConsumerOptions } from './consumer.ts';
export { deployEvents, type DeployOptions } from './deploy.ts';
export { IncompatibleSchema, RegistryUnavailable, SchemaNotRegistered, Undecodable } from './errors.ts';
export { deleteGroup, positionsOf, resetOffsets, type Position, type ResetOptions } from './offsets.ts';
export { ProducerFenced, RecordRefused } from './produce-errors.ts';
export { Producers, type OutgoingRecord, type Producer } from './producer.ts';
export { connectRegistry, type SchemaRegistry } from './registry.ts';
export { createTopics, type TopicSettings } from './topics.ts';
