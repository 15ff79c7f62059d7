import type { EventType } from '@everyhop/events';
import type { SchemaRegistry } from '@everyhop/kafka';
import { randomName, waitUntil } from '@everyhop/testing';
import type { Bench, Contender } from '../bench.ts';
import { deployed, happened, type Happened } from '../event.ts';
import { effectsDatabase, startInbox, writeEffect } from '../inbox-service.ts';
import { deleteTopic, disconnect, kafka } from '../kafka.ts';
import { pace } from '../pace.ts';
import { toMessage } from '../produce.ts';
import { percentiles } from '../summary.ts';

const rate = 200;

/** Starts a consumer that writes a row for each event of `type`, and says which are committed. */
type Start = (
  topic: { type: EventType<Happened>; registry: SchemaRegistry },
  committed: (n: number[]) => void,
) => Promise<{ stop(): Promise<unknown> }>;

export const bench: Bench = {
  question: 'How long after an event was sent has its handler committed, at 200 events a second?',
  compared: ['p50 ms', 'p99 ms'],
  async contenders({ quick, meter, defer }) {
    defer(disconnect);
    const topics: string[] = [];
    defer(() => Promise.all(topics.map(deleteTopic)));
    const database = await effectsDatabase();
    defer(database.drop);
    const producer = kafka.producer({ idempotent: true });
    await producer.connect();
    defer(() => producer.disconnect());

    const contender = (name: string, start: Start): Contender => ({
      name,
      async run() {
        // Of its own, as a new group would also handle what others have sent. With one partition one batch is handled
        // at a time, so that it is known what a commit was of.
        const { registry, types } = await deployed(['Happened'], 1);
        const type = types[0]!;
        topics.push(type.topic);
        let next = 0;
        const sent = new Map<number, number>();
        const times: number[] = [];
        const committed = (all: number[]) => {
          const now = performance.now();
          for (const n of all) if (sent.has(n)) times.push(now - sent.get(n)!);
        };
        const consumer = await start({ type, registry }, committed);
        const send = async (isMeasured: boolean) => {
          const n = next++;
          const message = await toMessage(registry, type(happened(n, `key-${n}`)), 1);
          if (isMeasured) sent.set(n, performance.now());
          await producer.send({ topic: type.topic, acks: -1, messages: [message] });
        };
        const seconds = quick ? 1 : 15;
        await pace(rate, seconds / 5, () => send(false));
        const before = meter.read();
        await pace(rate, seconds, () => send(true));
        await waitUntil('all events are handled', () => times.length === sent.size, { timeoutMs: 60_000 });
        const cpu = meter.since(before, sent.size);
        await consumer.stop();
        return { ...percentiles(times), ...cpu };
      },
    });

    return [
      contender('everyhop', async ({ type, registry }, committed) => {
        let handled: number[] = [];
        return startInbox({
          type,
          registry,
          database,
          async handle(data, { tx }) {
            await writeEffect(tx, data);
            handled.push(data.n);
          },
          onCommit() {
            committed(handled);
            handled = [];
          },
        });
      }),
      contender('kafkajs + insert', async ({ type, registry }, committed) => {
        const consumer = kafka.consumer({ groupId: randomName('bench') });
        await consumer.connect();
        await consumer.subscribe({ topic: type.topic, fromBeginning: true });
        await consumer.run({
          async eachMessage({ message: { value } }) {
            const data = await registry.decode(type, value);
            const { key, n, text } = data;
            await database.pool.query('insert into effects (key, n, text) values ($1, $2, $3)', [
              key,
              n,
              text,
            ]);
            committed([n]);
          },
        });
        return { stop: () => consumer.disconnect() };
      }),
    ];
  },
};
