/** What would go wrong: a batch whose answer is lost is written a second time, or what follows comes before it. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import net from 'node:net';
import { engines, randomName } from '@everyhop/testing';
import { Producers } from '../producer/producer.ts';
import { readValues } from './read-values.fixture.ts';
import { createTopics } from '../admin/topics.ts';

const { brokers } = engines;
const produceApi = 0;
let topic: string;
let cuts: number;

beforeEach(async () => {
  topic = randomName('test.cut');
  await createTopics({ brokers, topics: [{ topic, partitions: 1, replicationFactor: 1 }] });
});
afterEach(() => void jest.restoreAllMocks());

/** From now on every third connection that has sent a batch is cut before the answer comes. */
function cutEveryThirdBatch(): void {
  const { connect } = net;
  let batches = 0;
  cuts = 0;
  jest.spyOn(net, 'connect').mockImplementation(((options: net.NetConnectOpts, onConnect: () => void) => {
    const socket = connect(options, onConnect);
    const write = socket.write.bind(socket);
    socket.write = ((request: Buffer, encoding: BufferEncoding) => {
      // Behind its length, a request begins with what it asks for.
      const isCut = request.readInt16BE(4) === produceApi && ++batches % 3 === 0;
      if (!isCut) return write(request, encoding);
      cuts++;
      return write(request, encoding, () => socket.destroy(new Error('cut by the test')));
    }) as typeof socket.write;
    return socket;
  }) as typeof net.connect);
}

test('batches whose answer is lost are on the topic once, in order', async () => {
  cutEveryThirdBatch();
  const producers = new Producers({ brokers });
  const producer = await producers.open();
  const sent = Array.from({ length: 20 }, (_, index) => String(index));
  for (const value of sent)
    await producer.send([{ topic, key: 'a', value: Buffer.from(value), headers: {} }]);
  await producers.disconnect();
  expect(cuts).toBeGreaterThanOrEqual(6);
  expect(await readValues(topic, sent.length)).toEqual(sent);
});
