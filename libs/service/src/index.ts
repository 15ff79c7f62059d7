export { duration } from './config/duration.ts';
export { InvalidConfig, readConfig } from './config/read-config.ts';
export { type MigrationFolder, migrate } from './database/migrate.ts';
export { type DocumentRequest, Documents } from './documents/documents.ts';
export { type FieldProblem, Problem, ProblemDetails, type ProblemOptions } from './http/problem.ts';
export {
  Job,
  type AddJobOptions,
  type JobDelivery,
  type JobOptions,
  Jobs,
  jobsOf,
  startJobs,
  UnknownJob,
} from './jobs/index.ts';
export { runService } from './run-service.ts';
export { type RunningService, type ServiceOptions, startService } from './start-service.ts';
export { stringify } from './stringify.ts';
