import { outboxMigrations } from '@everyhop/outbox';
import { testDatabase } from '@everyhop/testing';
import { fillOutbox } from '../backlog.ts';
import type { Contender, Scene } from '../bench.ts';
import { assertTaken, deleteTopic, newTopic, untilTaken } from '../kafka.ts';
import { throughput } from '../throughput.ts';
import { startDebezium } from './connector.ts';
import { debeziumSettings } from './settings.ts';

/** Debezium's outbox event router, which drains the same rows from the write-ahead log. */
export async function debeziumRelay({ meter, defer }: Scene, backlog: number): Promise<Contender> {
  const { url, pool, drop } = await testDatabase({ migrations: [outboxMigrations] });
  defer(drop);
  const drain = async () => {
    const topic = await newTopic();
    defer(() => deleteTopic(topic));
    // A slot reads all that the server writes: between rounds there is none, so that others don't pay for it.
    const connector = await startDebezium(url, debeziumSettings.throughput);
    try {
      await connector.pause();
      await fillOutbox(pool, topic, backlog, 1_000);
      const sample = await throughput(meter, 'event', async () => {
        await connector.resume();
        await untilTaken(topic, backlog);
        return backlog;
      });
      await assertTaken(topic, backlog);
      return sample;
    } finally {
      await connector.stop();
      await pool.query('truncate outbox');
    }
  };
  // The JVM compiles what runs often: it gets more rounds to do so.
  for (let warmUp = 0; warmUp < 3; warmUp++) await drain();
  return { name: 'Debezium', run: drain };
}
