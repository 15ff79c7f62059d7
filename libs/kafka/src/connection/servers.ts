import type { SASLOptions } from 'kafkajs';
import type { KafkaConnection } from './client.ts';
import type { Compression } from '../format/compression.ts';

/** The address of a schema registry, and the user that asks it. */
export interface RegistryConnection {
  /** Of its Confluent-compatible API, e.g. `http://127.0.0.1:4081/apis/ccompat/v7`. */
  url: string;
  /** For HTTP Basic authentication. Default: none. */
  auth?: { username: string; password: string };
  /** How much is read at the most. */
  limits?: {
    /** Values in one event. Default: 1,000,000. */
    maxValues?: number | undefined;
    /** Records, arrays and maps within each other. Default: 64. */
    maxDepth?: number | undefined;
    /** Of the schema that an event was written with. Default: 262,144. */
    maxSchemaBytes?: number | undefined;
  };
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
  /** What is read at the most of a batch and a record, see `ReadLimits`. */
  KAFKA_MAX_INFLATED_BYTES?: number;
  KAFKA_MAX_BATCH_RECORDS?: number;
  KAFKA_MAX_HEADERS?: number;
  KAFKA_MAX_HEADER_BYTES?: number;
}

/** Where the schema registry is, as environment variables say it. */
export interface RegistrySettings {
  SCHEMA_REGISTRY_URL: string;
  /** Without it there is no authentication. */
  SCHEMA_REGISTRY_USERNAME?: string;
  SCHEMA_REGISTRY_PASSWORD?: string;
  /** What is read at the most of an event and a schema, see `limits` of `RegistryConnection`. */
  AVRO_MAX_VALUES?: number;
  AVRO_MAX_DEPTH?: number;
  AVRO_MAX_SCHEMA_BYTES?: number;
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
    limits: {
      maxInflatedBytes: settings.KAFKA_MAX_INFLATED_BYTES,
      maxBatchRecords: settings.KAFKA_MAX_BATCH_RECORDS,
      maxHeaders: settings.KAFKA_MAX_HEADERS,
      maxHeaderBytes: settings.KAFKA_MAX_HEADER_BYTES,
    },
  };
}

/** The registry that `settings` describe. */
export const registryFrom = (settings: RegistrySettings): RegistryConnection => ({
  url: settings.SCHEMA_REGISTRY_URL,
  auth: userOf(settings.SCHEMA_REGISTRY_USERNAME, settings.SCHEMA_REGISTRY_PASSWORD),
  limits: {
    maxValues: settings.AVRO_MAX_VALUES,
    maxDepth: settings.AVRO_MAX_DEPTH,
    maxSchemaBytes: settings.AVRO_MAX_SCHEMA_BYTES,
  },
});

const userOf = (username?: string, password = '') => (username ? { username, password } : undefined);
