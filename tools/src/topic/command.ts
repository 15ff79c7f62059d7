import { setTimeout as delay } from 'node:timers/promises';
import { engineAddresses, readSettings } from '@everyhop/local';
import { type KafkaConnection, SchemaRegistry } from '@everyhop/kafka';
import { offsetRanges, type OffsetRange, reach, readRanges, type StoredRecord } from '@everyhop/kafka/admin';
import { printTable } from '../parked/print-table.ts';
import { UsageError } from '../usage-error.ts';
import { type PartitionState, readPositions, total } from './positions.ts';
import { asJson, asLine, showRecord } from './show-record.ts';

/** What `./dev topic` is given. */
interface TopicOptions {
  /** How many of the last records. */
  lines: number;
  /** Only records of this key. */
  key?: string;
  /** Whether those are shown, too, that come until Ctrl-C. */
  follow?: boolean;
  json?: boolean;
}

const pollMs = 500;

/**
 * `./dev topic`: without a name all topics and how far the consumer groups are; with one its last records, decoded.
 * Leaves no consumer group behind.
 */
export async function topic(name: string | undefined, options: TopicOptions): Promise<number> {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = engineAddresses(readSettings().portBase);
  const kafka = { brokers: KAFKA_BROKERS.split(',') };
  await reach(kafka.brokers);
  const all = await readPositions(kafka);
  if (!name) printTopics(all, options);
  else {
    const partitions = all.filter((one) => one.topic === name);
    if (partitions.length === 0)
      throw new UsageError(`There is no topic "${name}". ./dev topic lists those there are.`);
    await showRecords(kafka, new SchemaRegistry({ url: SCHEMA_REGISTRY_URL }), partitions, options);
  }
  return 0;
}

function printTopics(all: PartitionState[], { json }: TopicOptions): void {
  const topics = [...Map.groupBy(all, ({ topic }) => topic)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.length,
    ...total(partitions),
  }));
  if (json) for (const one of topics) console.log(asJson(one));
  else
    printTable(
      ['TOPIC', 'PARTITIONS', 'RECORDS', 'LAG'],
      topics.map(({ topic, partitions, records, lag }) => [
        topic,
        String(partitions),
        String(records),
        Object.entries(lag)
          .map(([group, left]) => `${group} ${left}`)
          .join(', '),
      ]),
    );
}

async function showRecords(
  kafka: KafkaConnection,
  registry: SchemaRegistry,
  partitions: PartitionState[],
  { lines, key, follow, json }: TopicOptions,
): Promise<void> {
  const print = async (records: Placed[]) => {
    for (const { place, message } of records) {
      const record = await showRecord(place, message, registry);
      console.log(json ? asJson(record) : asLine(record));
    }
  };
  const read = (ranges: OffsetRange[], most: number) => lastRecords(kafka, ranges, most, key);

  if (!json) printPartitions(partitions);
  const from = ({ first, end }: OffsetRange) =>
    key !== undefined || end - first < BigInt(lines) ? first : end - BigInt(lines);
  const ranges = partitions.map((one) => ({ ...one, first: from(one) }));
  await print((await read(ranges, lines)).slice(-lines));

  for (let before: OffsetRange[] = partitions; follow;) {
    await delay(pollMs);
    const now = await offsetRanges(kafka, [partitions[0]!.topic]);
    await print(
      await read(
        now.map((one) => ({ ...one, first: newFrom(one, before) })),
        Infinity,
      ),
    );
    before = now;
  }
}

/** Where what is new begins; of a topic that was made anew at its first record. */
function newFrom({ partition, first, end }: OffsetRange, before: OffsetRange[]): bigint {
  const seen = before.find((one) => one.partition === partition)?.end;
  return seen !== undefined && seen <= end ? seen : first;
}

interface Placed {
  place: { topic: string; partition: number };
  message: StoredRecord;
}

/** The last records, at the most `most` of each partition, in the order of time; with `key` only its. */
async function lastRecords(
  kafka: KafkaConnection,
  ranges: OffsetRange[],
  most: number,
  key?: string,
): Promise<Placed[]> {
  const found = new Map<number, Placed[]>();
  await readRanges(kafka, ranges, async ({ messages, ...place }) => {
    const wanted = messages.filter((message) => key === undefined || message.key?.toString() === key);
    const all = [...(found.get(place.partition) ?? []), ...wanted.map((message) => ({ place, message }))];
    found.set(place.partition, all.slice(-most));
  });
  const byTime = (one: Placed, other: Placed) =>
    Number(one.message.timestamp) - Number(other.message.timestamp);
  return [...found.values()].flat().sort(byTime);
}

function printPartitions(partitions: PartitionState[]): void {
  const groups = Object.keys(partitions[0]!.lag);
  printTable(
    ['PARTITION', 'FIRST', 'NEXT', ...groups.map((group) => `LAG OF ${group}`)],
    partitions.map(({ partition, first, end, lag }) => [
      String(partition),
      String(first),
      String(end),
      ...groups.map((group) => String(lag[group])),
    ]),
  );
  console.log();
}
