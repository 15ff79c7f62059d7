export { Job, jobsOf, type JobDelivery, type JobHandler, type JobOptions } from './job.ts';
export { Jobs, UnknownJob, type AddJobOptions } from './jobs.ts';
export { startJobs, type JobsOptions } from './start-jobs.ts';
