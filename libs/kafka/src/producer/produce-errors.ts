import type { OutgoingRecord } from '../format/outgoing-record.ts';

/** Another producer has taken the fencing id: whoever gets this must stop sending. */
export class ProducerFenced extends Error {
  override readonly name = 'ProducerFenced';
  readonly code = 'PRODUCER_FENCED';
}

/** The broker will never accept a record of the batch. */
export class RecordRefused extends Error {
  override readonly name = 'RecordRefused';
  readonly code = 'RECORD_REFUSED';
}

/** Some records were written; of the others it is not known, because of `cause`. */
export class PartlyWritten extends Error {
  override readonly name = 'PartlyWritten';
  readonly code = 'PARTLY_WRITTEN';
  /** Those that all in-sync replicas have. */
  readonly written: ReadonlySet<OutgoingRecord>;
  constructor(written: OutgoingRecord[], cause: unknown) {
    super(`${written.length} records were written, others perhaps not`, { cause });
    this.written = new Set(written);
  }
}

/** One topic can't be written to at the moment, as it is missing or denied; others can. */
export class TopicUnavailable extends Error {
  override readonly name = 'TopicUnavailable';
  readonly code = 'TOPIC_UNAVAILABLE';
  readonly topic: string;
  constructor(topic: string, cause: unknown) {
    super(
      `can't write to topic ${topic}: create it, with deployEvents() or ./dev setup, or grant Write on it`,
      { cause },
    );
    this.topic = topic;
  }
}

// https://kafka.apache.org/protocol.html#protocol_error_codes
const UNKNOWN_TOPIC_OR_PARTITION = 3;
export const LEADER_NOT_AVAILABLE = 5;
const INVALID_TOPIC_EXCEPTION = 17;
const TOPIC_AUTHORIZATION_FAILED = 29;
const INVALID_PRODUCER_EPOCH = 47;
const INVALID_PRODUCER_ID_MAPPING = 49;
const PRODUCER_FENCED = 90;
const MESSAGE_TOO_LARGE = 10;
const RECORD_LIST_TOO_LARGE = 18;
const INVALID_TIMESTAMP = 32;
const INVALID_RECORD = 87;

const COORDINATOR_LOAD_IN_PROGRESS = 14;
const COORDINATOR_NOT_AVAILABLE = 15;
const NOT_COORDINATOR = 16;
const CONCURRENT_TRANSACTIONS = 51;

const fenced: unknown[] = [INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED];
const refused: unknown[] = [MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD];
const aboutATopic: unknown[] = [
  UNKNOWN_TOPIC_OR_PARTITION,
  INVALID_TOPIC_EXCEPTION,
  TOPIC_AUTHORIZATION_FAILED,
];

const moving: unknown[] = [
  LEADER_NOT_AVAILABLE,
  COORDINATOR_LOAD_IN_PROGRESS,
  COORDINATOR_NOT_AVAILABLE,
  NOT_COORDINATOR,
  CONCURRENT_TRANSACTIONS,
];

/** Whether a coordinator, or a leader, is about to be ready, here or elsewhere. */
export const isCoordinatorMoving = (error: unknown): boolean =>
  moving.includes((error as { code?: number }).code);

/** Whether `error` is about a topic; the client does not say which. */
export const isAboutATopic = (error: unknown): boolean =>
  aboutATopic.includes((error as { code?: number }).code);

/** The error that tells a producer's owner what to do about `error`; itself when there is nothing special. */
export function toProduceError(error: unknown): unknown {
  const { code, message } = error as { code?: number; message?: string };
  if (fenced.includes(code)) return new ProducerFenced(message, { cause: error });
  if (refused.includes(code)) return new RecordRefused(message, { cause: error });
  if (code === INVALID_TIMESTAMP)
    return new Error('Kafka refuses the time of the records: correct the clock of this host', {
      cause: error,
    });
  return error;
}

/** Whether the same batch, sent again with the same sequence numbers, may succeed. */
export function isProduceRetriable(error: unknown): boolean {
  const { name, retriable } = error as { name?: string; retriable?: boolean };
  if (toProduceError(error) !== error) return false;
  return retriable === true || name === 'KafkaJSConnectionError' || name === 'KafkaJSConnectionClosedError';
}
