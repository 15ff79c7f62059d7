export { EndedItsProcess, HandlerStopped, HandlerTimedOut, OutOfSequence } from './batch/given-up.ts';
export { type RunningHandler } from './batch/running.ts';
export { Permanent, RetryAfter } from './handler/errors.ts';
export {
  defaultPolicy,
  defaultRetry,
  type Delivery,
  type Handle,
  type Handler,
  type HandlerPolicy,
  type Returned,
  type RetryPolicy,
} from './handler/handler.ts';
export { type HandleInput, type HandleInterceptor, lockBy, spanAttributes } from './handler/interceptor.ts';
export { handlersOf, On, on, type OnOptions } from './handler/on.ts';
export { Inbox, type InboxOptions } from './inbox.ts';
export { type Retention } from './ledger/retention.ts';
export { observeInbox } from './observe.ts';
export { isOutage } from './outage/outage.ts';
export { deadLetterTopic } from './parking/dead-letter.ts';
export { ReplayRefused, type Replay, type ReplayRequest, type ReplayStart } from './replay/replay.ts';

/** Folder of the SQL files that create the inbox's tables. */
export const inboxMigrations = new URL('../migrations/', import.meta.url);
