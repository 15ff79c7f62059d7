import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';
import { silentLogger, type Logger } from '@everyhop/telemetry';
import { readAllCompressions, type Compression } from '../format/compression.ts';
import { readFetchesOurselves } from '../format/fetch-answer.ts';
import { setReadLimits, type ReadLimits } from '../format/read-limits.ts';

/** How the broker names who does not say. */
export const defaultClientId = 'everyhop';

/** Where Kafka is, and how to log on. `ssl` and `sasl` are kafkajs's own settings. */
export interface KafkaConnection {
  /** `host:port` of one or more brokers. */
  brokers: string[];
  /** How the broker's logs and quotas name this process. Default: `everyhop`. */
  clientId?: string;
  ssl?: KafkaConfig['ssl'];
  sasl?: KafkaConfig['sasl'];
  /** How `Producers` compress what they send. Default: not at all. Whatever is compressed can be read anyway. */
  compression?: Compression;
  /** How much is read at the most, by all connections of the process. */
  limits?: { [name in keyof ReadLimits]?: number | undefined };
  logger?: Logger;
}

/** A kafkajs client that logs through `logger`. */
export function createClient({
  brokers,
  clientId = defaultClientId,
  ssl,
  sasl,
  limits = {},
  logger = silentLogger,
}: KafkaConnection) {
  readAllCompressions();
  readFetchesOurselves();
  setReadLimits(limits);
  return new Kafka({
    brokers,
    clientId,
    ssl,
    sasl,
    connectionTimeout: 5_000,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => logEntry(logger, entry),
  });
}

function logEntry(
  logger: Logger,
  { namespace, level, log: { message, timestamp: _, logger: __, ...fields } }: LogEntry,
) {
  const line = `kafkajs ${namespace}: ${message}`;
  // kafkajs reports as errors what it retries by itself; what it gives up on reaches the caller as an exception.
  if (level <= logLevel.WARN) logger.warn(fields, line);
  else logger.debug(fields, line);
}
