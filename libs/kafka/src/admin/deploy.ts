import type { EventType } from '@everyhop/events';
import type { KafkaConnection } from '../connection/client.ts';
import type { SchemaRegistry } from '../registry/registry.ts';
import { createTopics } from './topics.ts';

/** What `deployEvents` needs. */
export interface DeployOptions extends KafkaConnection {
  registry: SchemaRegistry;
  events: readonly EventType<any>[];
  /** Topics beside those of the events, such as `billing.dead-letter`. */
  topics?: string[];
  /** Of topics that are created now. Default: 6. */
  partitions?: number;
  /** Of topics that are created now. Default: -1, the brokers' `default.replication.factor`. */
  replicationFactor?: number;
}

/**
 * Makes a cluster ready for `events`, before any service that uses them starts: creates the topics that are missing
 * and registers the schemas. Can be repeated. Returns the topics that it created.
 */
export async function deployEvents(options: DeployOptions): Promise<string[]> {
  const { registry, events, topics = [], partitions = 6, replicationFactor = -1 } = options;
  const names = new Set([...events.map(({ topic }) => topic), ...topics]);
  const settings = [...names].map((topic) => ({ topic, partitions, replicationFactor }));
  const created = await createTopics({ ...options, topics: settings });
  for (const event of events) await registry.register(event);
  return created;
}
