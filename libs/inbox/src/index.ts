export { listActions, recordActions, type Action, type Operator } from './action.ts';
export { deadLetterTopic } from './dead-letter.ts';
export { Permanent, RetryAfter } from './errors.ts';
export { EndedItsProcess, HandlerStopped, HandlerTimedOut, OutOfSequence } from './given-up.ts';
export {
  defaultPolicy,
  defaultRetry,
  type Delivery,
  type Handle,
  type Handler,
  type HandlerPolicy,
  type Returned,
  type RetryPolicy,
} from './handler.ts';
export { Inbox, type InboxOptions } from './inbox.ts';
export { handlersOf, On, type OnOptions } from './on.ts';
export { discardParked, listParked, redriveParked, type ParkedEvent, type ParkedFilter } from './parked.ts';
export { isOutage, suspicionOf, type Suspicion } from './outage.ts';
export { Suspects } from './suspects.ts';
export {
  cancelReplay,
  listReplays,
  ReplayRefused,
  type Replay,
  type ReplayRequest,
  type ReplayStart,
} from './replay.ts';
export { type RunningHandler } from './running.ts';
export { readTrail, type TrailEntry, type TrailOf } from './trail.ts';
export { type Retention } from './retention.ts';
export { observeInbox } from './observe.ts';

/** Folder of the SQL files that create the inbox's tables. */
export const inboxMigrations = new URL('../migrations/', import.meta.url);
