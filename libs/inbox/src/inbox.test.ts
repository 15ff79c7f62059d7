import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fromHeaders } from '@everyhop/events';
import { startConsumer } from '@everyhop/kafka';
import { engines, randomName, waitUntil, type Happened } from '@everyhop/testing';
import { testService, write, type TestService } from './inbox.fixture.ts';

let it: TestService;
beforeEach(async () => (it = await testService()));
afterEach(() => it.stop());

test('an event is handled, and what the handler returns is published with its cause', async () => {
  await it.start({
    handle: async (data, delivery) => {
      await write(data, delivery);
      return it.Followed({ key: data.key, n: data.n + 1 });
    },
  });
  const event = it.Happened({ key: 'a', n: 1 });
  await it.publish(event);
  const followed: any[] = [];
  const consumer = await startConsumer({
    brokers: engines.brokers,
    groupId: randomName('followed'),
    topics: [it.Followed.topic],
    handleBatch: async ({ messages }) => void followed.push(...messages),
  });
  await waitUntil('the follow-up event has arrived', () => followed.length > 0);
  await consumer.stop();
  expect(await it.registry.decode(it.Followed, followed[0].value)).toEqual({ key: 'a', n: 2 });
  const envelope = fromHeaders(followed[0].headers);
  expect(envelope).toMatchObject({ causationId: event.id, correlationId: event.id, source: it.service });
  expect(await it.effects('a')).toEqual([1]);
});

test('an event that is delivered twice is handled once', async () => {
  await it.start({ handle: write });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is handled', async () => (await it.effects('a')).length > 0);
  const { rows } = await it.database.pool.query('select event_id from inbox');
  const value = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  const headers = envelopeOf(rows[0].event_id);
  await it.send({ value, headers }, { value, headers });
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await waitUntil('the last is handled', async () => (await it.effects('a')).includes(2));
  expect(await it.effects('a')).toEqual([1, 2]);
});

test('an event that occurs twice in one batch is handled once', async () => {
  const value = await it.registry.encode(it.Happened({ key: 'a', n: 1 }));
  const headers = envelopeOf('0190b6f0-0000-7000-8000-000000000001');
  await it.send({ value, headers }, { value, headers });
  await it.start({ handle: write });
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await waitUntil('the last is handled', async () => (await it.effects('a')).includes(2));
  expect(await it.effects('a')).toEqual([1, 2]);
});

test('two handlers of one event each handle it once', async () => {
  const handled: string[] = [];
  const noting = (id: string) => ({
    id,
    async handle({ n }: Happened) {
      handled.push(`${id} ${n}`);
    },
  });
  await it.start(noting('one'), noting('two'));
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('both have handled it', () => handled.length >= 2);
  await it.publish(it.Happened({ key: 'a', n: 2 }));
  await waitUntil('both have handled the next', () => handled.length >= 4);
  expect(handled.toSorted()).toEqual(['one 1', 'one 2', 'two 1', 'two 2']);
});

test('events of a key are handled in order, however many keys share the batch', async () => {
  const events = Array.from({ length: 200 }, (_, n) => it.Happened({ key: `k${n % 7}`, n }));
  await it.publish(...events);
  await it.start({ handle: write });
  await waitUntil('all are handled', async () => {
    const { rows } = await it.database.pool.query('select count(*)::int as n from effects');
    return rows[0].n === 200;
  });
  for (let key = 0; key < 7; key++) {
    const expected = events.filter((event) => event.key === `k${key}`).map(({ data }) => data.n);
    expect(await it.effects(`k${key}`)).toEqual(expected);
  }
});

test('a type that nobody subscribes to is passed over, its bytes unread', async () => {
  await it.send({ value: Buffer.from('?'), headers: { ce_type: 'someone.Else' } });
  await it.start({ handle: write });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('the next is handled', async () => (await it.effects('a')).length > 0);
  const { rows } = await it.database.pool.query(`select * from inbox where outcome = 'dead'`);
  expect(rows).toEqual([]);
});

test('two handlers with one id are refused at the start', async () => {
  await expect(it.start({ handle: write }, { handle: write })).rejects.toThrow(
    '2 handlers have the id test.handler',
  );
});

function envelopeOf(id: string) {
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: it.Happened.type,
    ce_source: 'elsewhere',
    ce_subject: 'a',
    ce_time: new Date().toISOString(),
    ce_sequence: '1',
    ce_correlationid: id,
  };
}
