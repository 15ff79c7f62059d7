import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../connection/cluster.ts';
import type { HeaderList } from '../format/decode-batches.ts';
import { produce, type PartitionBatch, type ProducerId } from './produce.ts';
import { isProduceRetriable } from './produce-errors.ts';
import type { BatchRecord } from '../format/record-batch.ts';
import { whenCoordinated } from './when-coordinated.ts';

/** A record as it lies on a topic. */
export interface PlacedRecord {
  topic: string;
  partition: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: HeaderList | Record<string, Buffer | Buffer[]>;
  /** In ms since 1970. */
  timestamp: string;
}

// What a batch may have by default is 1,048,588 bytes.
const mostBytes = 900_000;
/** What a broker reads at all is 100 MiB. */
const mostOfARequest = 100 * 2 ** 20 - mostBytes;
const retries = { attempts: 20, delayMs: 250 };

const sizeOf = ({ key, value, headers }: PlacedRecord) => {
  const ofHeaders = Object.entries(headers)
    .flat(2)
    .map((one) => one?.length ?? 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders.reduce((sum, one) => sum + one, 0);
};

/** Writes records where they belong, in batches that a broker takes. */
export class RecordWriter {
  readonly #cluster: Cluster;
  readonly #id: ProducerId;
  readonly #sequences = new Map<string, number>();

  private constructor(cluster: Cluster, id: ProducerId) {
    this.#cluster = cluster;
    this.#id = id;
  }

  static async open(cluster: Cluster): Promise<RecordWriter> {
    await cluster.refreshMetadataIfNecessary();
    const id = await whenCoordinated(async () =>
      (await cluster.findControllerBroker()).initProducerId({ transactionTimeout: 60_000 }),
    );
    return new RecordWriter(cluster, id);
  }

  /** Resolves when all in-sync replicas have `records`, those of a partition in their order. */
  async write(records: PlacedRecord[]): Promise<void> {
    const ofPartitions = Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`);
    await this.#cluster.addMultipleTargetTopics([...new Set(records.map(({ topic }) => topic))]);
    for (const [name, its] of ofPartitions) {
      const { topic, partition } = its[0]!;
      for (const some of bySize(its)) {
        const firstSequence = this.#sequences.get(name) ?? 0;
        await this.#produce(
          { topic, partition, firstSequence, records: some.map(toBatchRecord) },
          sizeOf(some[0]!),
        );
        this.#sequences.set(name, firstSequence + some.length);
      }
    }
  }

  async #produce(batch: PartitionBatch<BatchRecord>, largest: number): Promise<void> {
    const { topic, partition } = batch;
    for (let attempt = 1; ; attempt++) {
      try {
        const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
        if (nodeId === undefined)
          throw Object.assign(new Error(`${topic}/${partition} has no leader`), { retriable: true });
        const broker = await this.#cluster.findBroker({ nodeId });
        // Only what could not be written otherwise: what is compressed may be too large to be read again.
        const compression = largest > mostOfARequest ? 'gzip' : undefined;
        const [failed] = await produce(broker, this.#id, [batch], compression);
        if (!failed) return;
        throw failed.error;
      } catch (error) {
        if (attempt === retries.attempts || !isProduceRetriable(error)) throw error;
        await delay(retries.delayMs);
        await this.#cluster.refreshMetadata();
      }
    }
  }
}

const toBatchRecord = ({ key, value, headers, timestamp }: PlacedRecord): BatchRecord => {
  return { key, value, headers, timestamp: Number(timestamp) };
};

/** As many at a time as have `mostBytes`, or one that has more. */
function* bySize(records: PlacedRecord[]): Generator<PlacedRecord[]> {
  let some: PlacedRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (some.length > 0 && bytes + size > mostBytes) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(record);
    bytes += size;
  }
  if (some.length > 0) yield some;
}
