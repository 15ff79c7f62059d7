/** What would go wrong: a key changes its partition, and its events overtake each other. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners, type Message } from 'kafkajs';
import { partitionOf } from './partition.ts';

const kafkajs = Partitioners.DefaultPartitioner();

test('each key has the partition that it had with kafkajs’s own partitioner', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 100 }), (key, count) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
        partitionId,
        leader: 0,
      }));
      const message = { key, value: null } as Message;
      const expected = kafkajs({ topic: 't', message, partitionMetadata: partitionMetadata as any });
      expect(partitionOf(key, count)).toBe(expected);
    }),
    { numRuns: 1_000 },
  );
});

test('records without a key are spread over all partitions', () => {
  const chosen = new Set(Array.from({ length: 1_000 }, () => partitionOf(null, 4)));
  expect([...chosen].sort()).toEqual([0, 1, 2, 3]);
});
