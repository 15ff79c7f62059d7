import { setTimeout as delay } from 'node:timers/promises';
import { createTopics } from '@everyhop/kafka/admin';
import { engines, randomName } from '@everyhop/testing';
import { Kafka, logLevel, type Admin } from 'kafkajs';

const { brokers } = engines;

/** The bare client with its own defaults; what it fails at, it throws. */
export const kafka = new Kafka({ brokers, clientId: 'bench', logLevel: logLevel.NOTHING });

let connecting: Promise<Admin> | undefined;

/** A connection for questions to the brokers. */
export async function admin(): Promise<Admin> {
  const own = kafka.admin();
  connecting ??= own.connect().then(() => own);
  return connecting;
}

/** Ends it, so that the process can end. */
export async function disconnect(): Promise<void> {
  await (await connecting)?.disconnect();
}

/** Creates a topic and returns its name. */
export async function newTopic(partitions = 6): Promise<string> {
  const topic = randomName('bench');
  await createTopics({ brokers, topics: [{ topic, partitions, replicationFactor: 1 }] });
  return topic;
}

/** Frees the disk. */
export async function deleteTopic(topic: string): Promise<void> {
  await (await admin()).deleteTopics({ topics: [topic] });
}

/** How many records a topic has taken. */
export async function countRecords(topic: string): Promise<number> {
  const offsets = await (await admin()).fetchTopicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

/** Resolves when `topic` has taken `count` records; rejects when it takes no more before that. */
export async function untilTaken(topic: string, count: number, patienceMs = 60_000): Promise<void> {
  const start = performance.now();
  let last = { taken: 0, at: start };
  while (last.taken < count) {
    const taken = await countRecords(topic);
    if (taken > last.taken) last = { taken, at: performance.now() };
    if (performance.now() - last.at > patienceMs)
      throw new Error(`${topic} has ${taken} records instead of ${count}`);
    // Asking must not become work; this is wrong by one percent at the most.
    await delay(Math.max((performance.now() - start) / 100, 5));
  }
}

/** Throws unless `topic` has exactly `count` records. */
export async function assertTaken(topic: string, count: number): Promise<void> {
  const taken = await countRecords(topic);
  if (taken !== count) throw new Error(`${topic} has ${taken} records instead of ${count}`);
}
