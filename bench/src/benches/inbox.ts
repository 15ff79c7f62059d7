import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent } from '@everyhop/events';
import { startConsumer, type ConsumedBatch } from '@everyhop/kafka';
import { appendToOutbox, encodeEvents } from '@everyhop/outbox/internal';
import { inTransaction } from '@everyhop/postgres';
import { engines, randomName } from '@everyhop/testing';
import { type Transaction } from 'kysely';
import type { Bench, Contender } from '../bench.ts';
import type { Sample } from '../sample.ts';
import { deployed, happened, type Happened } from '../event.ts';
import { effectsDatabase, startInbox, writeEffect } from '../inbox-service.ts';
import { deleteTopic, disconnect } from '../kafka.ts';
import { produce } from '../produce.ts';
import { startClock } from '../throughput.ts';

/** Starts a consumer of all events, which calls `first` before it handles anything. */
type Start = (first: () => void) => Promise<{ stop(): Promise<void> }>;

const { brokers } = engines;

export const bench: Bench = {
  question:
    'How many events a second does a consumer handle that writes a row and publishes an event for each?',
  compared: ['events/s', 'Node µs/event'],
  async contenders({ quick, meter, defer }) {
    const count = quick ? 1_200 : 30_000;
    const { registry, types } = await deployed(['Happened', 'Followed']);
    const [type, Followed] = [types[0]!, types[1]!];
    defer(disconnect);
    defer(() => Promise.all(types.map(({ topic }) => deleteTopic(topic))));
    const events = Array.from({ length: count }, (_, n) => type(happened(n)));
    await produce(registry, events);
    const database = await effectsDatabase();
    defer(database.drop);

    let handled = 0;
    const measure = async (start: Start): Promise<Sample> => {
      await database.pool.query('truncate effects, outbox, outbox_sequence, inbox, inbox_sequence');
      const begun = Promise.withResolvers<ReturnType<typeof startClock>>();
      let isFirst = true;
      handled = 0;
      const consumer = await start(() => {
        // Joining the group is not what is measured.
        if (isFirst) begun.resolve(startClock(meter, 'event'));
        isFirst = false;
      });
      const clock = await begun.promise;
      const countOf = async (table: string) =>
        (await database.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n;
      // Counting rows is work for Postgres, so it is asked only about the last commits.
      while (handled < count || (await countOf('effects')) < count) await delay(20);
      const sample = clock(count);
      await consumer.stop();
      for (const table of ['effects', 'outbox'])
        if ((await countOf(table)) !== count) throw new Error(`${table} has other than ${count} rows`);
      return sample;
    };
    const contender = (name: string, start: Start): Contender => ({ name, run: () => measure(start) });

    const handle = async (data: Happened, { tx }: { tx: Transaction<any> }) => {
      await writeEffect(tx, data);
      handled++;
      return Followed(data);
    };
    const handleMessage = async ({ value }: ConsumedBatch['messages'][number], tx: Transaction<any>) =>
      handle(await registry.decode(type, value), { tx });
    const publish = async (tx: Transaction<any>, followed: DomainEvent[]) =>
      appendToOutbox(tx, await encodeEvents(followed, { registry, source: 'bench' }));
    const byHand =
      (handleBatch: (messages: ConsumedBatch['messages']) => Promise<void>): Start =>
      (first) =>
        startConsumer({
          brokers,
          groupId: randomName('bench'),
          topics: [type.topic],
          handleBatch: ({ messages }) => (first(), handleBatch(messages)),
        });
    const transaction = (work: (tx: Transaction<any>) => Promise<void>) =>
      database.db.transaction().execute(work);

    return [
      contender('everyhop', (first) =>
        startInbox({ type, registry, database, handle: (...args) => (first(), handle(...args)) }),
      ),
      contender('everyhop, concurrent', (first) =>
        startInbox({
          type,
          registry,
          database,
          handle: (...args) => (first(), handle(...args)),
          concurrent: true,
        }),
      ),
      contender(
        'no inbox, awaited',
        byHand((messages) =>
          transaction(async (tx) => {
            const followed = [];
            for (const message of messages) followed.push(await handleMessage(message, tx));
            await publish(tx, followed);
          }),
        ),
      ),
      contender(
        'no inbox, pipelined',
        byHand((messages) =>
          inTransaction(database.db, async (tx) =>
            publish(tx, await Promise.all(messages.map((message) => handleMessage(message, tx)))),
          ),
        ),
      ),
      contender(
        'a transaction each',
        byHand(async (messages) => {
          for (const message of messages)
            await transaction(async (tx) => publish(tx, [await handleMessage(message, tx)]));
        }),
      ),
    ];
  },
};
