/** What operators ask and do about handled, parked and replayed events. */
export { listActions, recordActions, type Action, type Operator } from './ledger/action.ts';
export { readTrail, type TrailEntry, type TrailOf } from './ledger/trail.ts';
export {
  discardParked,
  listParked,
  redriveParked,
  type ParkedEvent,
  type ParkedFilter,
} from './parking/parked.ts';
export { cancelReplay, listReplays } from './replay/replay.ts';
