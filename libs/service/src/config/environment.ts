import { z } from 'zod';
import { logLevels } from '../logging/log-level.ts';

const brokers = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .pipe(z.array(z.string().regex(/^.+:\d+$/)));

const limit = (what: string) => z.coerce.number().int().min(1).optional().describe(`the most ${what}`);

/** The environment of every service. */
export const Environment = z
  .object({
    HOST: z.string().default('127.0.0.1').describe('an address to listen on'),
    PORT: z.coerce.number().int().min(0).max(65_535).describe('a TCP port from 0 (any) to 65535'),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/ })
      .describe("the service's Postgres database, postgres://user:password@host:port/name"),
    KAFKA_BROKERS: brokers.describe('Kafka brokers, host:port,host:port'),
    SCHEMA_REGISTRY_URL: z
      .url({ protocol: /^https?$/ })
      .describe('the Confluent-compatible API of a schema registry, http://host:port/path'),
    KAFKA_SSL: z.stringbool().default(false).describe('true when the brokers are reached over TLS'),
    KAFKA_SASL_MECHANISM: z
      .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
      .default('scram-sha-512')
      .describe('plain, scram-sha-256 or scram-sha-512'),
    KAFKA_SASL_USERNAME: z.string().optional().describe('the user to log on to Kafka as'),
    KAFKA_SASL_PASSWORD: z.string().optional().describe('the password of KAFKA_SASL_USERNAME'),
    KAFKA_COMPRESSION: z
      .enum(['gzip', 'snappy', 'lz4', 'zstd'])
      .optional()
      .describe('how to compress events: gzip, snappy, lz4 or zstd'),
    SCHEMA_REGISTRY_USERNAME: z.string().optional().describe('the user to log on to the registry as'),
    SCHEMA_REGISTRY_PASSWORD: z.string().optional().describe('the password of SCHEMA_REGISTRY_USERNAME'),
    KAFKA_MAX_INFLATED_BYTES: limit('bytes to which a compressed batch of records may inflate'),
    KAFKA_MAX_BATCH_RECORDS: limit('records in a batch that is read'),
    KAFKA_MAX_HEADERS: limit('headers of a record that is read'),
    KAFKA_MAX_HEADER_BYTES: limit('bytes of the headers of a record that is read'),
    AVRO_MAX_VALUES: limit('values in an event'),
    AVRO_MAX_DEPTH: limit('records, arrays and maps within each other in an event'),
    AVRO_MAX_SCHEMA_BYTES: limit('bytes of a schema that is read'),
    // Three partitions of each topic are handled at a time, jobs keep two, and requests must not wait for them.
    MAX_DATABASE_CONNECTIONS: z.coerce
      .number()
      .int()
      .min(5)
      .default(20)
      .describe('how many connections to Postgres there may be beside that of the relay, at least 5'),
    MAX_WRITES: z.coerce
      .number()
      .int()
      .min(1)
      .default(100)
      .describe('how many requests that change something are worked on at a time'),
    LOG_LEVEL: z.enum(logLevels).default('info').describe('fatal, error, warn, info, debug, trace or silent'),
  })
  .refine((env) => !env.KAFKA_SASL_USERNAME || env.KAFKA_SASL_PASSWORD, { path: ['KAFKA_SASL_PASSWORD'] })
  .refine((env) => !env.SCHEMA_REGISTRY_USERNAME || env.SCHEMA_REGISTRY_PASSWORD, {
    path: ['SCHEMA_REGISTRY_PASSWORD'],
  });
