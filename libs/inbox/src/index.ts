export { listActions, recordActions, type Action, type Operator } from './ledger/action.ts';
export { deadLetterTopic } from './parking/dead-letter.ts';
export { Permanent, RetryAfter } from './handler/errors.ts';
export { EndedItsProcess, HandlerStopped, HandlerTimedOut, OutOfSequence } from './batch/given-up.ts';
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
export { Inbox, type InboxOptions } from './inbox.ts';
export { handlersOf, On, on, type OnOptions } from './handler/on.ts';
export {
  discardParked,
  listParked,
  redriveParked,
  type ParkedEvent,
  type ParkedFilter,
} from './parking/parked.ts';
export { reasonOf } from './handler/failure.ts';
export { isOutage, suspicionOf, type Suspicion } from './outage/outage.ts';
export { freeTries } from './outage/outages.ts';
export { Suspects } from './outage/suspects.ts';
export {
  cancelReplay,
  listReplays,
  ReplayRefused,
  type Replay,
  type ReplayRequest,
  type ReplayStart,
} from './replay/replay.ts';
export { type RunningHandler } from './batch/running.ts';
export { readTrail, type TrailEntry, type TrailOf } from './ledger/trail.ts';
export { type Retention } from './ledger/retention.ts';
export { observeInbox } from './observe.ts';

/** Folder of the SQL files that create the inbox's tables. */
export const inboxMigrations = new URL('../migrations/', import.meta.url);
