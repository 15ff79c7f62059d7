import type { SASLOptions } from 'kafkajs';
import type { KafkaConnection } from './client.ts';
import type { Compression } from './compression.ts';

/** The address of a schema registry, and the user that asks it. */
export interface RegistryConnection {
  /** Of its Confluent-compatible API, e.g. `http://127.0.0.1:4081/apis/ccompat/v7`. */
  url: string;
  /** For HTTP Basic authentication. Default: none. */
  auth?: { username: string; password: string };
}

/** The header by which a request to the registry says who asks; none when nobody has to. */
export function authorizationOf({ auth }: RegistryConnection): Record<string, string> {
  if (!auth) return {};
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
}

/** Where Kafka is, as environment variables say it. */
export interface KafkaSettings {
  KAFKA_BROKERS: string[];
  /** Whether to connect over TLS. Authorities beside Node's own are those of `NODE_EXTRA_CA_CERTS`. Default: no. */
  KAFKA_SSL?: boolean;
  /** Default: `scram-sha-512`. */
  KAFKA_SASL_MECHANISM?: string;
  /** Without it there is no SASL. */
  KAFKA_SASL_USERNAME?: string;
  KAFKA_SASL_PASSWORD?: string;
  /** How events are compressed when they are sent: `gzip`, `snappy`, `lz4` or `zstd`. Default: not at all. */
  KAFKA_COMPRESSION?: string;
}

/** Where the schema registry is, as environment variables say it. */
export interface RegistrySettings {
  SCHEMA_REGISTRY_URL: string;
  /** Without it there is no authentication. */
  SCHEMA_REGISTRY_USERNAME?: string;
  SCHEMA_REGISTRY_PASSWORD?: string;
}

/** The connection that `settings` describe. */
export function kafkaFrom(settings: KafkaSettings): KafkaConnection {
  const { KAFKA_SASL_MECHANISM: mechanism = 'scram-sha-512' } = settings;
  const user = userOf(settings.KAFKA_SASL_USERNAME, settings.KAFKA_SASL_PASSWORD);
  return {
    brokers: settings.KAFKA_BROKERS,
    ssl: settings.KAFKA_SSL ?? false,
    compression: settings.KAFKA_COMPRESSION as Compression | undefined,
    sasl: user && ({ mechanism, ...user } as SASLOptions),
  };
}

/** The registry that `settings` describe. */
export const registryFrom = (settings: RegistrySettings): RegistryConnection => ({
  url: settings.SCHEMA_REGISTRY_URL,
  auth: userOf(settings.SCHEMA_REGISTRY_USERNAME, settings.SCHEMA_REGISTRY_PASSWORD),
});

const userOf = (username?: string, password = '') => (username ? { username, password } : undefined);
