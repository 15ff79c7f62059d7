import { observeState } from '@everyhop/telemetry';
import { metrics } from '@opentelemetry/api';
import type { Admin } from 'kafkajs';
import { createClient, type KafkaConnection } from '../connection/client.ts';
import { readPositions } from './offsets.ts';
import { reach } from '../connection/reach.ts';

/** Which consumer group is observed, on which topics. */
export interface GroupObservation extends KafkaConnection {
  groupId: string;
  topics: string[];
}

/**
 * Makes what the brokers know of a consumer group and its topics a metric, asked only when metrics are collected:
 * `everyhop.consumer.lag` (records that are not committed yet, by group, topic and partition) and
 * `everyhop.kafka.under_replicated_partitions` (by topic). Without an answer within a second they are left out. Keeps
 * one connection, made at the first time. Returns what stops it.
 */
export function observeGroup({
  groupId,
  topics,
  logger,
  ...connection
}: GroupObservation): () => Promise<void> {
  const meter = metrics.getMeter('everyhop.kafka');
  const lag = meter.createObservableGauge('everyhop.consumer.lag', {
    description: 'Records that the group has not committed yet',
    unit: '{event}',
  });
  const underReplicated = meter.createObservableGauge('everyhop.kafka.under_replicated_partitions', {
    description: 'Partitions that have fewer in-sync replicas than replicas',
    unit: '{partition}',
  });
  let admin: Admin | undefined;

  const askBrokers = async () => {
    try {
      admin ??= await connect(connection);
      return await readTopics(admin, groupId, topics);
    } catch (error) {
      await disconnect();
      throw error;
    }
  };
  const disconnect = async () => {
    const old = admin;
    admin = undefined;
    await old?.disconnect().catch(() => {});
  };

  const stop = observeState({
    of: `consumer group ${groupId}`,
    meter,
    gauges: [lag, underReplicated],
    read: askBrokers,
    report(result, states) {
      for (const { topic, positions, lacking } of states) {
        result.observe(underReplicated, lacking, { topic });
        for (const { partition, next, end } of positions)
          result.observe(lag, Number(end - next), { group: groupId, topic, partition });
      }
    },
    logger,
  });
  return async () => {
    stop();
    await disconnect();
  };
}

async function connect(connection: KafkaConnection): Promise<Admin> {
  await reach(connection.brokers);
  // Without retries, and a logger for them: it is asked again at the next time.
  const admin = createClient(connection).admin({ retry: { retries: 0 } });
  await admin.connect();
  return admin;
}

function readTopics(admin: Admin, groupId: string, topics: string[]) {
  return Promise.all(
    topics.map(async (topic) => {
      const [positions, { topics: described }] = await Promise.all([
        readPositions(admin, { groupId, topic }),
        admin.fetchTopicMetadata({ topics: [topic] }),
      ]);
      const lacking = described[0]!.partitions.filter(({ isr, replicas }) => isr.length < replicas.length);
      return { topic, positions, lacking: lacking.length };
    }),
  );
}
