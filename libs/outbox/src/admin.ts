/** What operators do about events that Kafka has refused. */
export {
  discardRefused,
  listRefused,
  redriveRefused,
  type RefusedEvent,
  type RefusedFilter,
} from './refused.ts';
