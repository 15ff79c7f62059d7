import { outboxMigrations } from '@everyhop/outbox';
import { testDatabase } from '@everyhop/testing';
import { fillOutbox, messages } from '../backlog.ts';
import type { Bench, Contender, Scene } from '../bench.ts';
import { debeziumRelay, hasConnect } from '../debezium/index.ts';
import { assertTaken, deleteTopic, disconnect, kafka, newTopic } from '../kafka.ts';
import { relayContender } from '../relay-contender.ts';
import { throughput } from '../throughput.ts';

// As many as our relay reads at once, of all its buckets together.
const batch = 2_000;

export const bench: Bench = {
  question: 'How fast does a backlog of events of 400 bytes reach Kafka?',
  compared: ['events/s', 'Node µs/event'],
  async contenders(scene) {
    const backlog = scene.quick ? 2_000 : 100_000;
    scene.defer(disconnect);
    return [
      await relayContender(scene, 'everyhop', backlog),
      await rawProducer(scene, backlog),
      await withoutKafka(scene, backlog),
      ...(hasConnect ? [await debeziumRelay(scene, backlog)] : []),
    ];
  },
};

/** kafkajs's own producer with the same events, from memory. */
async function rawProducer({ meter, defer }: Scene, backlog: number): Promise<Contender> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  defer(() => producer.disconnect());
  const all = messages(backlog);
  return {
    name: 'kafkajs from memory',
    async run() {
      const topic = await newTopic();
      defer(() => deleteTopic(topic));
      const sample = await throughput(meter, 'event', async () => {
        for (let from = 0; from < all.length; from += batch)
          await producer.send({ topic, acks: -1, messages: all.slice(from, from + batch) });
        return backlog;
      });
      await assertTaken(topic, backlog);
      return sample;
    },
  };
}

/** Reads and deletes the rows, and sends nothing. */
async function withoutKafka({ meter, defer }: Scene, backlog: number): Promise<Contender> {
  const { pool, drop } = await testDatabase({ migrations: [outboxMigrations] });
  defer(drop);
  return {
    name: 'without Kafka',
    async run() {
      await fillOutbox(pool, 'nowhere', backlog);
      return throughput(meter, 'event', async () => {
        for (let gone = 0; gone < backlog;) {
          const { rows } = await pool.query({ name: 'next', text: selectNext, values: [batch] });
          const positions = rows.map(({ position }) => position);
          const { rowCount } = await pool.query({ name: 'remove', text: remove, values: [positions] });
          gone += rowCount!;
        }
        return backlog;
      });
    },
  };
}

const selectNext = 'select * from outbox order by bucket, position limit $1';
const remove = `delete from outbox where bucket = any('{0,1,2,3,4,5,6,7}') and position = any($1::bigint[])`;
