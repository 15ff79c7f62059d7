/** What would go wrong: one topic is missing, and all events whose keys share a bucket with one of its wait. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SchemaRegistry } from '@everyhop/kafka';
import { createTopics } from '@everyhop/kafka/admin';
import { engines, testEvent, waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';

const { brokers } = engines;

let it: TestOutbox;
beforeEach(async () => {
  it = await testOutbox();
});
afterEach(() => it.stop());

/** An event whose schema is registered, but whose topic nobody has created. */
async function eventWithoutTopic() {
  const Homeless = testEvent();
  await new SchemaRegistry({ url: engines.registryUrl }).register(Homeless);
  return Homeless;
}

test('events for a missing topic wait, others of the same key and the same bucket leave', async () => {
  const Homeless = await eventWithoutTopic();
  const relay = it.startRelay();
  await it.outboxWith(relay).transaction(async (tx) => {
    await tx.publish(Homeless({ key: 'a', n: 1 }), it.Happened({ key: 'a', n: 1 }));
    await tx.publish(Homeless({ key: 'a', n: 2 }), it.Happened({ key: 'a', n: 2 }));
  });
  await waitUntil('the others have left', () => it.arrived.length >= 2);
  await it.publish(relay, 'a', 3);
  await waitUntil('also those that come later', () => it.arrived.length >= 3);
  expect(await it.waiting()).toBe(2);
});

test('they leave in their order as soon as the topic is there', async () => {
  const Homeless = await eventWithoutTopic();
  const relay = it.startRelay();
  await it
    .outboxWith(relay)
    .transaction((tx) =>
      tx.publish(Homeless({ key: 'a', n: 1 }), Homeless({ key: 'a', n: 2 }), it.Happened({ key: 'a', n: 1 })),
    );
  await waitUntil('the other has left', () => it.arrived.length >= 1);
  await createTopics({ brokers, topics: [{ topic: Homeless.topic, partitions: 1, replicationFactor: 1 }] });
  await waitUntil('all have left', async () => {
    relay.wake();
    return (await it.waiting()) === 0;
  });
});
