/** What operators, their tools and tests do with topics and groups. */
export { headersByName, readAllTopics, readRanges, withWriter, type StoredRecords } from './admin/copy.ts';
export { describeTopics } from './admin/describe-topics.ts';
export {
  commitOffsets,
  committedOffsets,
  endOffsets,
  offsetRanges,
  offsetsSince,
  type GroupOffsets,
  type OffsetRange,
  type TopicPartitionOffset,
} from './admin/group-offsets.ts';
export { deleteGroup, positionsOf, resetOffsets, type Position, type ResetOptions } from './admin/offsets.ts';
export { configureTopics, createTopics, type TopicSettings } from './admin/topics.ts';
export { reach } from './connection/reach.ts';
export { type HeaderList, type StoredRecord } from './format/decode-batches.ts';
export { type PlacedRecord } from './producer/record-writer.ts';
