import { Producers, startConsumer } from '@everyhop/kafka';
import { Outbox, outboxMigrations, Relay } from '@everyhop/outbox';
import { poolOptions } from '@everyhop/postgres';
import { engines, randomName, testDatabase } from '@everyhop/testing';
import { waitUntil } from '@everyhop/testing';
import type { Bench, Contender, Scene } from '../bench.ts';
import type { Sample } from '../sample.ts';
import { debeziumSettings, hasConnect, startDebezium } from '../debezium/index.ts';
import { deployed, happened } from '../event.ts';
import { deleteTopic, disconnect } from '../kafka.ts';
import { pace } from '../pace.ts';
import { percentiles } from '../summary.ts';

const { brokers } = engines;

/** Starts what ships the outbox at `url`; `wake` is called after each commit. */
type StartShipping = (url: string) => Promise<{ wake(): void; stop(): Promise<unknown> }>;

export const bench: Bench = {
  question: 'How long after its commit does a consumer get an event?',
  compared: ['p50 ms at 200/s', 'p99 ms at 200/s', 'p50 ms at 1000/s', 'p99 ms at 1000/s'],
  async contenders(scene) {
    scene.defer(disconnect);
    return [
      await contender(scene, 'everyhop', startRelay),
      ...(hasConnect
        ? [
            await contender(scene, 'Debezium for throughput', byDebezium('throughput')),
            await contender(scene, 'Debezium for latency', byDebezium('latency')),
          ]
        : []),
    ];
  },
};

async function startRelay(connectionString: string) {
  const producers = new Producers({ brokers });
  const relay = new Relay({ connectionString, producers, fencingId: randomName('outbox') });
  relay.start();
  return {
    wake: () => relay.wake(),
    stop: () => relay.stop().then(() => producers.disconnect()),
  };
}

const byDebezium =
  (purpose: keyof typeof debeziumSettings): StartShipping =>
  async (url) => ({ wake() {}, ...(await startDebezium(url, debeziumSettings[purpose])) });

async function contender(
  { quick, meter, defer }: Scene,
  name: string,
  startShipping: StartShipping,
): Promise<Contender> {
  const { registry, types } = await deployed(['Happened']);
  const type = types[0]!;
  defer(() => deleteTopic(type.topic));
  const { db, url, pool, drop } = await testDatabase({ migrations: [outboxMigrations], pool: poolOptions });
  defer(drop);
  const arrivals = new Map<string, number>();
  const consumer = await startConsumer({
    brokers,
    groupId: randomName('bench'),
    topics: [type.topic],
    async handleBatch({ messages }) {
      const now = performance.now();
      for (const { headers = {} } of messages) arrivals.set(String(headers['ce_id'] ?? headers['id']), now);
    },
  });
  defer(() => consumer.stop());

  const at = async (rate: number, wake: () => void): Promise<Sample> => {
    const outbox = new Outbox({ db, registry, source: 'bench', onCommit: wake });
    const commits = new Map<string, number>();
    const publish = async (n: number) => {
      const event = type(happened(n));
      await outbox.transaction((tx) => tx.publish(event));
      commits.set(event.id, performance.now());
    };
    // The first ones open connections and producers.
    for (const [seconds, isWarmUp] of [
      [quick ? 0.2 : 2, true],
      [quick ? 1 : 10, false],
    ] as const) {
      await pace(rate, seconds, publish);
      const haveArrived = () => [...commits.keys()].every((id) => arrivals.has(id));
      await waitUntil('all events have arrived', haveArrived, { timeoutMs: 60_000 });
      if (isWarmUp) commits.clear();
    }
    // A consumer may have it before the client has heard of its own commit.
    const times = [...commits].map(([id, commit]) => Math.max(arrivals.get(id)! - commit, 0));
    arrivals.clear();
    return percentiles(times, ` at ${rate}/s`);
  };

  return {
    name,
    async run() {
      const shipping = await startShipping(url);
      const before = meter.read();
      try {
        const sample = { ...(await at(200, shipping.wake)), ...(await at(1000, shipping.wake)) };
        const events = (quick ? 1.2 : 12) * 1_200;
        return { ...sample, ...meter.since(before, events) };
      } finally {
        await shipping.stop();
        await pool.query('truncate outbox');
      }
    },
  };
}
