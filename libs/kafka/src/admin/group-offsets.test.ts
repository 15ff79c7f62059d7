import { expect, test } from '@jest/globals';
import { engines, randomName } from '@everyhop/testing';
import { withWriter } from './copy.ts';
import { commitOffsets, committedOffsets } from './group-offsets.ts';
import { positionsOf } from './offsets.ts';
import { createTopics } from './topics.ts';

const kafka = { brokers: engines.brokers };

test('the offsets of a group can be read, and given to it', async () => {
  const [topic, other, groupId] = [randomName('topic'), randomName('topic'), randomName('group')];
  const settings = [topic, other].map((topic) => ({ topic, partitions: 2, replicationFactor: 1 }));
  await createTopics({ ...kafka, topics: settings });
  const records = [topic, other].flatMap((topic) =>
    [1, 1, 1, 0].map((partition) => ({
      ...{ topic, partition, key: null, value: null, headers: {}, timestamp: '1700000000000' },
    })),
  );
  await withWriter(kafka, (write) => write(records));
  const places = [
    { topic, partition: 1, offset: 2n },
    { topic: other, partition: 0, offset: 1n },
  ];
  await commitOffsets(kafka, [{ groupId, places }]);
  const found = (await committedOffsets(kafka)).find((group) => group.groupId === groupId)!;
  expect(found.places).toEqual(expect.arrayContaining(places));
  expect(found.places).toHaveLength(2);
  expect(await positionsOf({ ...kafka, groupId, topic })).toEqual([
    { partition: 0, next: 0n, end: 1n },
    { partition: 1, next: 2n, end: 3n },
  ]);
});
