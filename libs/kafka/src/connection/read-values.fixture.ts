import { engines, randomName, waitUntil } from '@everyhop/testing';
import { startConsumer } from '../consumer/consumer.ts';

/** The values on `topic`, as they come, once there are `count`. */
export async function readValues(topic: string, count: number): Promise<string[]> {
  const values: string[] = [];
  const consumer = await startConsumer({
    brokers: engines.brokers,
    groupId: randomName('group'),
    topics: [topic],
    handleBatch: async ({ messages }) => void values.push(...messages.map(({ value }) => value!.toString())),
  });
  await waitUntil(`${count} records have arrived`, () => values.length >= count);
  await consumer.stop();
  return values;
}
