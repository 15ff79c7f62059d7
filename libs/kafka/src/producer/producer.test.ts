import { afterAll, beforeEach, expect, jest, test } from '@jest/globals';
import { engines, randomName } from '@everyhop/testing';
import { PartlyWritten, ProducerFenced, RecordRefused } from './produce-errors.ts';
import type { OutgoingRecord } from '../format/outgoing-record.ts';
import { Producers } from './producer.ts';
import { readValues } from '../connection/read-values.fixture.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const producers = new Producers({ brokers });
afterAll(() => producers.disconnect());

let topic: string;
beforeEach(async () => {
  topic = randomName('test.producer');
  await createTopics({ brokers, topics: [{ topic, partitions: 2, replicationFactor: 1 }] });
});

const record = (value: string | Buffer, key = 'a'): OutgoingRecord => ({
  topic,
  key,
  value: Buffer.from(value),
  headers: {},
});

const values = (count: number) => readValues(topic, count);

test('records of a key arrive in the order in which they were sent, over several sends', async () => {
  const producer = await producers.open();
  await producer.send([record('1'), record('2')]);
  await producer.send([record('3')]);
  expect(await values(3)).toEqual(['1', '2', '3']);
});

test('a successor with the same fencing id shuts its predecessor out of what it has written to', async () => {
  const fencingId = randomName('fence');
  const old = await producers.open({ fencingId });
  await old.send([record('old 1')]);
  const successor = await producers.open({ fencingId });
  await successor.send([record('new 1')]);
  await expect(old.send([record('old 2')])).rejects.toThrow(ProducerFenced);
  await successor.send([record('new 2')]);
  expect(await values(3)).toEqual(['old 1', 'new 1', 'new 2']);
});

test('producers without a fencing id do not mind each other', async () => {
  const one = await producers.open();
  const two = await producers.open();
  await one.send([record('1')]);
  await two.send([record('2')]);
  await one.send([record('3')]);
  expect(await values(3)).toEqual(['1', '2', '3']);
});

test('a record that is too large is refused for good, and the producer says so again', async () => {
  const producer = await producers.open();
  const huge = record(Buffer.alloc(2_000_000));
  await expect(producer.send([huge])).rejects.toThrow(RecordRefused);
  await expect(producer.send([record('1')])).rejects.toThrow(RecordRefused);
});

test('when one partition refuses its records, it is known that the others have theirs', async () => {
  const small = randomName('test.small');
  const config = { 'max.message.bytes': '1000' };
  await createTopics({ brokers, topics: [{ topic: small, partitions: 1, replicationFactor: 1, config }] });
  const fine = [record('1'), record('2', 'b')];
  const tooLarge = { ...record(Buffer.alloc(5_000)), topic: small };
  const error = await (await producers.open()).send([...fine, tooLarge]).catch((reason) => reason);
  expect(error).toBeInstanceOf(PartlyWritten);
  expect([...error.written]).toEqual(fine);
  expect(error.cause).toBeInstanceOf(RecordRefused);
  expect((await values(2)).sort()).toEqual(['1', '2']);
});

test('a clock that is wrong is named, and no fault of the records', async () => {
  const producer = await producers.open();
  // Brokers accept records of up to an hour ahead.
  const { now } = Date;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 7_200_000);
  const error = await producer
    .send([record('1')])
    .finally(() => clock.mockRestore())
    .catch((error) => error);
  expect(error).not.toBeInstanceOf(RecordRefused);
  expect(String(error)).toContain('clock');
});

test('a topic that does not exist is named, with what to do', async () => {
  const producer = await producers.open();
  const lost = { ...record('1'), topic: randomName('test.nowhere') };
  await expect(producer.send([lost])).rejects.toThrow(/does not host this topic|to topic/);
}, 30_000);

test('a broker that is away is an error that names it', async () => {
  const away = new Producers({ brokers: ['127.0.0.1:1'] });
  await expect(away.open()).rejects.toThrow('Kafka does not answer at 127.0.0.1:1');
  await away.disconnect();
});
