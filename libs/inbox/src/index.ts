export { deadLetterTopic } from './dead-letter.ts';
export { Permanent, RetryAfter } from './errors.ts';
export {
  defaultRetry,
  type Delivery,
  type Handle,
  type Handler,
  type Returned,
  type RetryPolicy,
} from './handler.ts';
export { Inbox, type InboxOptions } from './inbox.ts';
export { handlersOf, On, type OnOptions } from './on.ts';
export { isOutage } from './outage.ts';

/** Folder of the SQL files that create the inbox's tables. */
export const inboxMigrations = new URL('../migrations/', import.meta.url);
