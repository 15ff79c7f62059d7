import type { SASLOptions } from 'kafkajs';
import type { KafkaConnection } from './client.ts';
import type { RegistryServer } from './explain-refusal.ts';

/** Where Kafka and the schema registry are, as environment variables say it. */
export interface ServerSettings {
  KAFKA_BROKERS: string[];
  /** Whether to connect over TLS. Authorities beside Node's own are those of `NODE_EXTRA_CA_CERTS`. */
  KAFKA_SSL?: boolean;
  /** Default: `scram-sha-512`. */
  KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  /** Without it there is no SASL. */
  KAFKA_SASL_USERNAME?: string;
  KAFKA_SASL_PASSWORD?: string;
  SCHEMA_REGISTRY_URL: string;
  /** Without it there is no authentication. */
  SCHEMA_REGISTRY_USERNAME?: string;
  SCHEMA_REGISTRY_PASSWORD?: string;
}

/** The connections that `settings` describe. */
export function serversFrom(settings: ServerSettings): { kafka: KafkaConnection; registry: RegistryServer } {
  const { KAFKA_SASL_MECHANISM: mechanism = 'scram-sha-512' } = settings;
  const log = (username = '', password = '') => ({ username, password });
  return {
    kafka: {
      brokers: settings.KAFKA_BROKERS,
      ssl: settings.KAFKA_SSL ?? false,
      sasl: settings.KAFKA_SASL_USERNAME
        ? ({ mechanism, ...log(settings.KAFKA_SASL_USERNAME, settings.KAFKA_SASL_PASSWORD) } as SASLOptions)
        : undefined,
    },
    registry: {
      url: settings.SCHEMA_REGISTRY_URL,
      auth: settings.SCHEMA_REGISTRY_USERNAME
        ? log(settings.SCHEMA_REGISTRY_USERNAME, settings.SCHEMA_REGISTRY_PASSWORD)
        : undefined,
    },
  };
}
