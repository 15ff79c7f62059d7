import { Producers } from '@everyhop/kafka';
import { outboxMigrations, Relay } from '@everyhop/outbox';
import { engines, randomName, testDatabase } from '@everyhop/testing';
import { fillOutbox } from './backlog.ts';
import type { Contender, Scene } from './bench.ts';
import { assertTaken, deleteTopic, newTopic } from './kafka.ts';
import { throughput } from './throughput.ts';

const { brokers } = engines;

/** Our relay as shipped, which drains `backlog` events; it is up and warm when the clock starts. */
export async function relayContender(
  { meter, defer, say }: Scene,
  name: string,
  backlog: number,
): Promise<Contender> {
  const { pool, url, drop } = await testDatabase({ migrations: [outboxMigrations] });
  defer(drop);
  const producers = new Producers({ brokers });
  defer(() => producers.disconnect());
  const acknowledged = new Countdown();
  const relay = new Relay({
    connectionString: url,
    // What it has to wait for would be in the figures.
    logger: {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (fields, message) => say(`${name}: ${message}: ${describe(fields)}`),
    },
    fencingId: randomName('outbox'),
    producers: {
      async open(options) {
        const producer = await producers.open(options);
        return {
          async send(records) {
            await producer.send(records);
            acknowledged.by(records.length);
          },
        };
      },
    },
  });
  defer(() => relay.stop());
  relay.start();
  return {
    name,
    async run() {
      const topic = await newTopic();
      defer(() => deleteTopic(topic));
      const done = acknowledged.from(backlog);
      await fillOutbox(pool, topic, backlog);
      const sample = await throughput(meter, 'event', async () => {
        relay.wake();
        await done;
        return backlog;
      });
      await assertTaken(topic, backlog);
      await untilEmpty(pool);
      return sample;
    },
  };
}

const ignore = () => {};
const describe = ({ err }: { err?: unknown }) => String(err);

async function untilEmpty(pool: { query(sql: string): Promise<{ rows: any[] }> }): Promise<void> {
  while ((await pool.query('select count(*)::int as n from outbox')).rows[0].n > 0);
}

/** Resolves when a number of things have happened. */
class Countdown {
  #left = Infinity;
  #done = () => {};

  from(count: number): Promise<void> {
    this.#left = count;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#done = resolve;
    return promise;
  }

  by(count: number): void {
    this.#left -= count;
    if (this.#left <= 0) this.#done();
  }
}
