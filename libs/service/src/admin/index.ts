import { ActionsController } from './actions.controller.ts';
import { LogLevelController } from './log-level.controller.ts';
import { ParkedController } from './parked.controller.ts';
import { RefusedController } from './refused.controller.ts';
import { ReplayController } from './replay.controller.ts';
import { TrailController } from './trail.controller.ts';

export { Operations } from './operations.ts';

/** The admin API of every service, under `/admin`. */
export const adminControllers = [
  ParkedController,
  RefusedController,
  ReplayController,
  ActionsController,
  TrailController,
  LogLevelController,
];
