/** What only the other libraries need; it may change with any version. */
export { observeGroup, type GroupObservation } from './admin/observe.ts';
export { PartlyWritten, ProducerFenced, RecordRefused, TopicUnavailable } from './producer/produce-errors.ts';
